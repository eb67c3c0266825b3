import { beforeEach, describe, expect, it } from "vitest";
import { PLATFORM_CHAIN } from "./audit-record.ts";
import { createRefusalFold, type Refusal, type RefusalFold, type Taken } from "./fold-refusals.ts";

const OURS = "00000000-0000-7000-8000-00000000000a";
let nowMs: number;
let fold: RefusalFold;
beforeEach(() => {
  nowMs = 1_000_000;
  fold = createRefusalFold(() => nowMs);
});

const refusal = (fields: Partial<Refusal> = {}): Refusal => ({
  tenant_id: PLATFORM_CHAIN,
  action: "access",
  code: "unauthorized",
  address: "203.0.113.7",
  detail: {},
  ...fields,
});
const note = (fields: Partial<Refusal> = {}) => fold.note(refusal(fields));
const told = (taken: readonly Taken[]) =>
  taken.map(({ kind, count, firstMs, lastMs }) => [kind.address, count, lastMs - firstMs]);
const sum = (taken: readonly Taken[]) => taken.reduce((all, { count }) => all + count, 0);

describe("refusals", () => {
  it("that differ by their time alone are one, with the last one's request", () => {
    note({ request_id: "one" });
    nowMs += 300;
    note({ request_id: "two" });
    note({ address: "203.0.113.8" });
    const taken = fold.take("due");
    expect(told(taken)).toEqual([
      ["203.0.113.7", 2, 300],
      ["203.0.113.8", 1, 0],
    ]);
    expect(taken[0]?.requestId).toBe("two");
    expect(fold.take("all")).toEqual([]);
  });

  it("are due at once when they are new, and a minute later when they go on", () => {
    note();
    expect(sum(fold.take("due"))).toBe(1);
    for (let second = 1; second < 60; second += 1) {
      nowMs += 1_000;
      note();
      expect(fold.take("due")).toEqual([]);
    }
    nowMs += 1_000;
    expect(told(fold.take("due"))).toEqual([["203.0.113.7", 59, 58_000]]);
  });

  it("are all taken at the end", () => {
    note();
    fold.take("due");
    note();
    expect(sum(fold.take("all"))).toBe(1);
  });

  it("are due again where they could not be written, with those that came meanwhile", () => {
    note();
    const taken = fold.take("due");
    nowMs += 5;
    note();
    fold.giveBack(taken);
    expect(told(fold.take("due"))).toEqual([["203.0.113.7", 2, 5]]);
  });

  it("of 10,000 guessers are 201 records, and none is uncounted", () => {
    for (let n = 0; n < 10_000; n += 1) note({ address: `10.0.${n >> 8}.${n & 255}` });
    const taken = fold.take("due");
    expect(taken).toHaveLength(201);
    expect(sum(taken)).toBe(10_000);
    const others = taken.filter(({ kind }) => kind.detail["others"] === true);
    expect(told(others)).toEqual([[undefined, 9_800, 0]]);
  });

  it("of guessers crowd out none of a tenant's own", () => {
    for (let n = 0; n < 10_000; n += 1) note({ address: `10.0.${n >> 8}.${n & 255}` });
    note({ tenant_id: OURS, subject: "thief" });
    const own = fold.take("due").filter(({ kind }) => kind.tenant_id === OURS);
    expect(own.map(({ kind }) => kind.subject)).toEqual(["thief"]);
  });

  it("of more than 100 tenants are counted in the platform's chain", () => {
    for (let n = 0; n < 150; n += 1) note({ tenant_id: `tenant-${n}` });
    const taken = fold.take("due");
    expect(sum(taken)).toBe(150);
    const others = taken.filter(({ kind }) => kind.tenant_id === PLATFORM_CHAIN);
    expect(others.map(({ kind, count }) => [kind.detail, count])).toEqual([[{ others: true }, 50]]);
  });

  it("make room a minute after they were written", () => {
    for (let n = 0; n < 300; n += 1) note({ address: `10.0.${n >> 8}.${n & 255}` });
    fold.take("due");
    nowMs += 60_000;
    fold.take("due");
    note({ address: "198.51.100.1" });
    expect(told(fold.take("due"))).toEqual([["198.51.100.1", 1, 0]]);
  });
});
