import { expect, it } from "vitest";
import { z } from "zod";
import { AuditRecord } from "./audit-record.ts";
import { NO_HASH, recordHash } from "./record-hash.ts";
import { type ChainLink, headText, verifyChain } from "./verify-chain.ts";

const [example] = z.tuple([AuditRecord]).parse(AuditRecord.meta()?.examples);

/** Made as the page says, without the database. */
function chainOf(length: number): ChainLink[] {
  const chain: ChainLink[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const link = { ...example, seq, previous_hash: chain.at(-1)?.hash ?? NO_HASH };
    chain.push({ ...link, hash: recordHash(link) });
  }
  return chain;
}
/** With another record in the place of the one with this number. */
const withAt = (chain: ChainLink[], seq: number, fields: object) =>
  chain.map((link) => (link.seq === seq ? { ...link, ...fields } : link));

it("recomputes the hash of the record that the OpenAPI document shows", () => {
  expect(recordHash(example)).toBe(
    "0d11e1280e2fc70010f4e1187345e6281290411e8bcfa19a586bd1a871905653",
  );
  expect(example.hash).toBe(recordHash(example));
});

it("tells where a sound chain ends", async () => {
  const chain = chainOf(5);
  const verdict = await verifyChain(chain);
  expect(verdict).toEqual({ isSound: true, head: { seq: 5, hash: chain[4]?.hash } });
  expect(await verifyChain([])).toEqual({ isSound: true, head: { seq: 0, hash: NO_HASH } });
  expect(headText({ seq: 0, hash: NO_HASH })).toBe(`0:${"0".repeat(64)}`);
});

it("counts the records that it has seen", async () => {
  const seen: number[] = [];
  await verifyChain(chainOf(3), { onRecord: (seq) => seen.push(seq) });
  expect(seen).toEqual([1, 2, 3]);
});

it.each([
  ["a field was changed", (chain: ChainLink[]) => withAt(chain, 3, { subject: "other" }), 3],
  ["a field was added", (chain: ChainLink[]) => withAt(chain, 3, { note: "new" }), 3],
  ["a record is missing", (chain: ChainLink[]) => chain.filter(({ seq }) => seq !== 3), 3],
  ["the first is missing", (chain: ChainLink[]) => chain.slice(1), 1],
  ["one is there twice", (chain: ChainLink[]) => chain.toSpliced(3, 0, ...chain.slice(2, 3)), 3],
  [
    "it was changed, and its own hash made anew",
    (chain: ChainLink[]) => {
      const forged = { ...chain[2], subject: "other" };
      return withAt(chain, 3, { ...forged, hash: recordHash(forged) });
    },
    4,
  ],
  [
    "one of another tenant's chain is in its place",
    (chain: ChainLink[]) => {
      const forged = { ...chain[2], tenant_id: "00000000-0000-7000-8000-00000000000b" };
      return withAt(chain, 3, { ...forged, hash: recordHash(forged) });
    },
    3,
  ],
])("names the first record that does not fit where %s", async (_what, forge, seq) => {
  expect(await verifyChain(forge(chainOf(5)))).toMatchObject({ isSound: false, seq });
});

it("tells a chain that was cut, or made anew, from one that has grown", async () => {
  const chain = chainOf(5);
  const expected = { seq: 4, hash: chain[3]?.hash ?? "" };
  expect(await verifyChain(chain, { expected })).toMatchObject({ isSound: true });
  const cut = await verifyChain(chain.slice(0, 3), { expected });
  expect(cut).toEqual({ isSound: false, seq: 4, reason: "the chain ends before 4" });
  const anew: ChainLink[] = [];
  for (const { seq } of chain) {
    const link = { ...example, seq, count: 2, previous_hash: anew.at(-1)?.hash ?? NO_HASH };
    anew.push({ ...link, hash: recordHash(link) });
  }
  expect(await verifyChain(anew, { expected })).toMatchObject({ isSound: false, seq: 4 });
});
