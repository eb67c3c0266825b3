import { seededRandom, testSeed } from "@llamaagent/testing/durability/seeded-random";
import { describe, expect, it } from "vitest";
import { disjoint } from "./disjoint.ts";
import { type Finding, PersonalDataKind } from "./personal-data.ts";

const finding = (kind: PersonalDataKind, start: number, end: number): Finding => ({
  kind,
  start,
  end,
});

describe("disjoint", () => {
  it("sorts", () => {
    const [a, b] = [finding("email", 0, 3), finding("card", 5, 9)];
    expect(disjoint([b, a])).toEqual([a, b]);
  });

  it("keeps the longer one of two of which one holds the other", () => {
    const whole = finding("phone", 0, 20);
    expect(disjoint([finding("card", 3, 19), whole, finding("card", 0, 4)])).toEqual([whole]);
  });

  it("keeps the one that says more of itself of two of the same characters", () => {
    expect(disjoint([finding("phone", 0, 9), finding("national_id", 0, 9)])).toEqual([
      finding("national_id", 0, 9),
    ]);
  });

  it("leaves nothing bare of two that overlap, and gives what they share to the longer", () => {
    expect(disjoint([finding("email", 0, 6), finding("credential", 4, 30)])).toEqual([
      finding("email", 0, 4),
      finding("credential", 4, 30),
    ]);
    expect(disjoint([finding("credential", 0, 20), finding("email", 15, 25)])).toEqual([
      finding("credential", 0, 20),
      finding("email", 20, 25),
    ]);
  });

  it("covers what was found, and no more, whatever overlaps", () => {
    const seed = testSeed();
    const random = seededRandom(seed);
    const next = (below: number): number => Math.floor(random() * below);
    for (let round = 0; round < 500; round++) {
      const found = Array.from({ length: 1 + next(8) }, () => {
        const start = next(40);
        const kind = PersonalDataKind.options[next(7)] ?? "email";
        return finding(kind, start, start + 1 + next(12));
      });
      const kept = disjoint(found);
      const covered = (findings: Finding[]) =>
        Array.from({ length: 60 }, (_, at) =>
          findings.some(({ start, end }) => start <= at && at < end),
        );
      expect(covered(kept), `TEST_SEED=${seed} ${JSON.stringify(found)}`).toEqual(covered(found));
      for (const [at, { start, end }] of kept.entries()) {
        expect(end, `TEST_SEED=${seed} ${JSON.stringify(found)}`).toBeGreaterThan(start);
        expect(start, `TEST_SEED=${seed} ${JSON.stringify(found)}`).toBeGreaterThanOrEqual(
          kept[at - 1]?.end ?? 0,
        );
      }
    }
  });
});
