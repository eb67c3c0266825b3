import { describe, expect, it } from "vitest";
import { createEnvelope } from "./envelope.ts";
import { createMasterKey } from "./master-key.ts";
import { rewrapAll, type RewrapReport, type SealedRows } from "./rewrap-all.ts";

const [first, second] = [1, 2].map((version) =>
  createMasterKey(version, Buffer.alloc(32, version)),
);
if (!first || !second) throw new Error("two keys were made");
const before = createEnvelope([first]);
const after = createEnvelope([second, first]);
const contextOf = (row: string) => ({
  tenantId: "t",
  table: "webhook_keys",
  row,
  column: "secret",
});

/** A table of texts by id, in pages of three. */
function table(stored: Map<string, string>, onPage: () => void = () => undefined): SealedRows {
  return {
    async page(last) {
      const ids = [...stored.keys()].toSorted().filter((id) => last === undefined || id > last);
      const page = ids.slice(0, 3).map((id) => {
        return { id, stored: stored.get(id) ?? "", context: contextOf(id) };
      });
      onPage();
      return page;
    },
    async replace(rows) {
      const unchanged = rows.filter(({ id, from }) => stored.get(id) === from);
      for (const { id, to } of unchanged) stored.set(id, to);
      return unchanged.length;
    },
  };
}

const sealedRows = (count: number): Map<string, string> =>
  new Map(
    Array.from({ length: count }, (_row, index) => {
      const id = String(index).padStart(2, "0");
      return [id, before.seal(`secret ${id}`, contextOf(id))];
    }),
  );
const opened = (stored: Map<string, string>): string[] =>
  [...stored].map(([id, text]) => createEnvelope([second]).open(text, contextOf(id)).toString());
const none: RewrapReport = { rewrapped: 0, sealed: 0, current: 0, changed: 0, unreadable: 0 };

describe("a change of the master key", () => {
  it("reaches every row, once", async () => {
    const stored = sealedRows(10);
    expect(await rewrapAll(table(stored), after)).toEqual({ ...none, rewrapped: 10 });
    expect(opened(stored)).toEqual(Array.from({ length: 10 }, (_row, index) => `secret 0${index}`));
    const texts = [...stored.values()];
    expect(await rewrapAll(table(stored), after)).toEqual({ ...none, current: 10 });
    expect([...stored.values()]).toEqual(texts);
  });

  it("takes along shared data keys", async () => {
    const given = before.createDataKey(contextOf("00"));
    const sealed = given.seal("x", "input");
    const stored = new Map([["00", given.wrapped]]);
    expect(await rewrapAll(table(stored), after)).toEqual({ ...none, rewrapped: 1 });
    const dataKey = createEnvelope([second]).openDataKey(stored.get("00") ?? "", contextOf("00"));
    expect(dataKey.open(sealed, "input").toString()).toBe("x");
  });

  it("seals what is plain", async () => {
    const stored = new Map([
      ["00", "whsec_plain"],
      ["01", before.seal("whsec_sealed", contextOf("01"))],
    ]);
    expect(await rewrapAll(table(stored), after)).toEqual({ ...none, sealed: 1, rewrapped: 1 });
    expect(opened(stored)).toEqual(["whsec_plain", "whsec_sealed"]);
  });

  it("leaves to others what they change or remove meanwhile", async () => {
    const stored = sealedRows(6);
    const theirs = after.seal("theirs", contextOf("01"));
    const rows = table(stored, () => {
      stored.set("01", theirs);
      stored.delete("02");
    });
    expect(await rewrapAll(rows, after)).toEqual({ ...none, rewrapped: 4, changed: 2 });
    expect(stored.get("01")).toBe(theirs);
    expect(stored.has("02")).toBe(false);
    expect(await rewrapAll(table(stored), after)).toEqual({ ...none, current: 5 });
  });

  it("goes on behind a row that cannot be opened, and leaves it as it is", async () => {
    const stored = sealedRows(5);
    const foreign = createEnvelope([createMasterKey(7, Buffer.alloc(32, 7))]);
    const lost = foreign.seal("lost", contextOf("02"));
    stored.set("02", lost);
    const unreadable: string[] = [];
    const onUnreadable = (row: { id: string }, { message }: Error): void =>
      void unreadable.push(`${row.id}: ${message}`);
    const report = await rewrapAll(table(stored), after, { onUnreadable });
    expect(report).toEqual({ ...none, rewrapped: 4, unreadable: 1 });
    expect(stored.get("02")).toBe(lost);
    expect(unreadable).toEqual([expect.stringMatching(/^02: .*master key 7/)]);
  });

  it("that was cut off goes on where it was, or from the beginning", async () => {
    const stored = sealedRows(9);
    const control = new AbortController();
    const pages: [number, string][] = [];
    const cutOff = rewrapAll(table(stored), after, {
      signal: control.signal,
      onPage({ rewrapped }, last) {
        pages.push([rewrapped, last]);
        if (pages.length === 2) control.abort(new Error("stopped"));
      },
    });
    await expect(cutOff).rejects.toThrow("stopped");
    expect(pages).toEqual([
      [3, "02"],
      [6, "05"],
    ]);
    const copy = new Map(stored);
    expect(await rewrapAll(table(stored), after, { after: "05" })).toEqual({
      ...none,
      rewrapped: 3,
    });
    expect(await rewrapAll(table(copy), after)).toEqual({ ...none, rewrapped: 3, current: 6 });
  });

  it("does nothing without a master key", async () => {
    const stored = sealedRows(1);
    const text = stored.get("00");
    await expect(rewrapAll(table(stored), createEnvelope([]))).rejects.toMatchObject({
      code: "not_available",
    });
    expect(stored.get("00")).toBe(text);
  });

  it("passes on what fails in the table", async () => {
    const rows = { ...table(sealedRows(1)), replace: () => Promise.reject(new Error("gone")) };
    await expect(rewrapAll(rows, after)).rejects.toThrow("gone");
  });
});
