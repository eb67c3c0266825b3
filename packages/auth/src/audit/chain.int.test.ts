import { sqlState, type SystemTx, type TenantTx } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { appendRecords, type NewRecord } from "./append-records.ts";
import { type AuditRecord, PLATFORM_CHAIN } from "./audit-record.ts";
import { listChains } from "./list-chains.ts";
import { listRecords, type RecordsQuery } from "./list-records.ts";
import { recordHash } from "./record-hash.ts";
import { type ChainHead, type ChainVerdict, verifyChain } from "./verify-chain.ts";

onEachDatabase((database) => {
  let tenantId: string;
  beforeEach(() => {
    tenantId = uuidv7();
  });

  const record = (fields: Partial<NewRecord> = {}): NewRecord => ({
    tenant_id: tenantId,
    action: "keys.create",
    outcome: "done",
    subject: "chief",
    count: 1,
    detail: {},
    ...fields,
  });
  const append = (...records: Partial<NewRecord>[]) =>
    database().tenant(tenantId, (tx) => appendRecords(tx, records.map(record)));
  const read = (query: Partial<RecordsQuery> = {}, chain = tenantId): Promise<AuditRecord[]> =>
    database().tenant(chain, (tx) => listRecords(tx, { order: "asc", limit: 1_000, ...query }));
  const verdict = async (expected?: ChainHead): Promise<ChainVerdict> =>
    verifyChain(await read(), { expected });
  const stateOf = async (work: Promise<unknown>) =>
    sqlState(await work.catch((error: unknown) => error));

  describe("a chain", () => {
    it("begins with the first record, and each holds the hash of the one before", async () => {
      await append({ detail: { name: "a" } });
      await append({ action: "keys.revoke", target_type: "key", target_id: "b" });
      const [first, second] = await read();
      expect(first).toMatchObject({ tenant_id: tenantId, seq: 1, previous_hash: "0".repeat(64) });
      expect(second).toMatchObject({ seq: 2, previous_hash: first?.hash, target_id: "b" });
      expect(Math.abs(Date.parse(first?.at ?? "") - Date.now())).toBeLessThan(60_000);
      for (const one of [first, second]) expect(one?.hash).toBe(recordHash(one ?? {}));
      expect(await verdict()).toMatchObject({ isSound: true, head: { seq: 2 } });
    });

    it("is one, whoever appends at the same time", async () => {
      await Promise.all(Array.from({ length: 40 }, () => append({}, {})));
      expect(await verdict()).toMatchObject({ isSound: true, head: { seq: 80 } });
    });

    it("does not stop those who append to several, in whatever order", async () => {
      const other = uuidv7();
      const chains = [other, tenantId, PLATFORM_CHAIN];
      const both = (order: readonly string[]) =>
        database().system((tx) =>
          appendRecords(
            tx,
            order.map((chain) => record({ tenant_id: chain })),
          ),
        );
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => both(n % 2 ? chains : chains.toReversed())),
      );
      for (const chain of chains)
        expect(await verifyChain(await read({}, chain))).toMatchObject({ isSound: true });
      expect(await read({}, other)).toHaveLength(20);
      expect(await listChains(database())).toEqual(expect.arrayContaining(chains));
    });

    it("hashes whatever is told as everybody does", async () => {
      await append({
        subject: 'Ünï 😀 " \\ / \u007f \u2028',
        request_id: undefined,
        status: 403,
        first_ms_ago: 60_000.5,
        last_ms_ago: 0.25,
        count: 7,
        detail: {
          zeta: ["b", "a", { y: true, x: 3 }],
          alpha: "",
          none: undefined,
          Zeta: {},
          "a-b": [],
        },
      });
      const [told] = await read();
      expect(told?.detail).toEqual({
        zeta: ["b", "a", { y: true, x: 3 }],
        alpha: "",
        Zeta: {},
        "a-b": [],
      });
      const between = Date.parse(told?.last_at ?? "") - Date.parse(told?.first_at ?? "");
      expect(Math.round(between / 1_000)).toBe(60);
      expect(told).not.toHaveProperty("request_id");
      expect(await verdict()).toMatchObject({ isSound: true });
    });

    it("holds nothing that moves a cursor, ends a line or is without end", async () => {
      const text = `a\u0000b\n\u001b[2J\u202e\ud800c${"x".repeat(1_000)}`;
      await append({ subject: text, detail: { name: text, list: [text] } });
      const [told] = await read();
      const shown = `a\ufffdb\ufffd\ufffd[2J\ufffd\ufffdc${"x".repeat(489)}`;
      expect(told).toMatchObject({ subject: shown, detail: { name: shown, list: [shown] } });
      expect(shown).toHaveLength(500);
      expect(await verdict()).toMatchObject({ isSound: true });
    });

    it("is read by what is asked for, from either end", async () => {
      await append({}, { action: "access", outcome: "refused" }, { subject: "other" });
      const seqs = async (query: Partial<RecordsQuery>) =>
        (await read(query)).map(({ seq }) => seq).toSorted((a, b) => a - b);
      const [refused] = await read({ outcome: "refused" });
      expect(refused).toMatchObject({ action: "access" });
      expect(await seqs({ action: "access" })).toEqual([refused?.seq]);
      expect(await seqs({ subject: "other" })).toHaveLength(1);
      const all = await read({ order: "desc" });
      expect(all.map(({ seq }) => seq)).toEqual([3, 2, 1]);
      expect(await seqs({ order: "desc", behind: 3, limit: 1 })).toEqual([2]);
      expect(await seqs({ behind: 1, limit: 1 })).toEqual([2]);
      const soon = new Date(Date.now() + 3_600_000);
      expect(await seqs({ since: soon })).toEqual([]);
      expect(await seqs({ until: soon })).toEqual([1, 2, 3]);
    });
  });

  describe("who writes to the database", () => {
    /** As who owns the database, past every guard. */
    async function tamper(...statements: string[]): Promise<void> {
      const script = [
        "ALTER TABLE audit_records DISABLE TRIGGER USER",
        ...statements.map((text) => text.replaceAll("OURS", `tenant_id = '${tenantId}'`)),
        "ALTER TABLE audit_records ENABLE TRIGGER USER",
      ];
      await database().owner((tx) => tx.script(script.join(";")));
    }
    const move = (from: string, to: string) =>
      `UPDATE audit_records SET seq = ${to} WHERE OURS AND ${from}`;

    it.each([
      ["changes a record", 3, [`UPDATE audit_records SET subject = 'x' WHERE OURS AND seq = 3`]],
      [
        "changes what a record was about",
        3,
        [`UPDATE audit_records SET detail = '{"a": 1}' WHERE OURS AND seq = 3`],
      ],
      ["removes a record", 3, [`DELETE FROM audit_records WHERE OURS AND seq = 3`]],
      ["removes the first", 1, [`DELETE FROM audit_records WHERE OURS AND seq = 1`]],
      [
        "removes one and closes the gap",
        3,
        [
          `DELETE FROM audit_records WHERE OURS AND seq = 3`,
          move("seq = 4", "3"),
          move("seq = 5", "4"),
        ],
      ],
      ["swaps two", 2, [move("seq = 2", "9"), move("seq = 3", "2"), move("seq = 9", "3")]],
      [
        "puts one in between",
        3,
        [
          move("seq = 5", "6"),
          move("seq = 4", "5"),
          move("seq = 3", "4"),
          `INSERT INTO audit_records SELECT (jsonb_populate_record(it, '{"seq": 3, "subject": "x"}'::jsonb)).*
           FROM audit_records AS it WHERE OURS AND seq = 2`,
        ],
      ],
      [
        "puts one behind",
        6,
        [
          `INSERT INTO audit_records SELECT (jsonb_populate_record(it, '{"seq": 6, "subject": "x"}'::jsonb)).*
           FROM audit_records AS it WHERE OURS AND seq = 5`,
        ],
      ],
    ])("is found out who %s", async (_what, seq, statements) => {
      for (let n = 0; n < 5; n += 1) await append({ detail: { n } });
      expect(await verdict()).toMatchObject({ isSound: true });
      await tamper(...statements);
      expect(await verdict()).toMatchObject({ isSound: false, seq });
    });

    it("is found out who cuts the end off, or makes all anew, by a head that was kept", async () => {
      for (let n = 0; n < 5; n += 1) await append({ detail: { n } });
      const kept = await verdict();
      if (!kept.isSound) throw new Error("it is sound");
      await append({});
      expect(await verdict(kept.head)).toMatchObject({ isSound: true, head: { seq: 6 } });
      await tamper(`DELETE FROM audit_records WHERE OURS AND seq > 4`);
      expect(await verdict()).toMatchObject({ isSound: true, head: { seq: 4 } });
      expect(await verdict(kept.head)).toMatchObject({ isSound: false, seq: 5 });
      await append({ detail: { n: 4 } });
      expect(await verdict(kept.head)).toMatchObject({ isSound: false, seq: 5 });
      await tamper(`DELETE FROM audit_records WHERE OURS`);
      expect(await verdict(kept.head)).toMatchObject({ isSound: false, seq: 1 });
    });

    const changes = [
      "UPDATE audit_records SET detail = '{}'",
      "DELETE FROM audit_records",
      "TRUNCATE audit_records",
    ];
    it.each(changes)("is kept by rights and triggers from %s", async (statement) => {
      await append({});
      const change = (tx: TenantTx | SystemTx) => tx.query(statement);
      expect(await stateOf(database().tenant(tenantId, change))).toBe("42501");
      expect(await stateOf(database().system(change))).toBe("42501");
      await expect(database().owner((tx) => tx.query(statement))).rejects.toThrow(
        "audit records are neither changed nor removed",
      );
      expect(await verdict()).toMatchObject({ isSound: true, head: { seq: 1 } });
    });

    it.each(["seq", "at", "previous_hash", "hash"])("gives no %s of their own", async (column) => {
      const forge = (tx: TenantTx | SystemTx) =>
        tx.query(`INSERT INTO audit_records (tenant_id, ${column}) VALUES ($1, NULL)`, [tenantId]);
      expect(await stateOf(database().tenant(tenantId, forge))).toBe("42501");
      expect(await stateOf(database().system(forge))).toBe("42501");
    });

    it("appends to no other tenant's chain, and not to the platform's", async () => {
      for (const chain of [uuidv7(), PLATFORM_CHAIN]) {
        const appending = append({ tenant_id: chain });
        expect(await stateOf(appending)).toBe("42501");
      }
    });
  });
});
