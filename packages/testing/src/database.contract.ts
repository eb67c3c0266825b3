import { randomUUID } from "node:crypto";
import { type OwnedDatabase, schema, sqlState } from "@llamaagent/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { partitionContract } from "./database-partitions.contract.ts";
import { tenancyContract } from "./database-tenancy.contract.ts";
import { transactionContract } from "./database-transactions.contract.ts";

/** What every Database keeps. `open` gives a migrated, empty one; the suite closes it. */
export function databaseContract(name: string, open: () => Promise<OwnedDatabase>): void {
  describe(`${name}: the contract of a database`, () => {
    let opened: OwnedDatabase;
    const database = () => opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    describe("values", () => valueContract(database));
    describe("transactions", () => transactionContract(database));
    describe("tenancy", () => tenancyContract(database));
    describe("partitions", () => partitionContract(database));

    // Last: nothing works after it.
    it("closes after open transactions have ended and refuses new ones", async () => {
      let closing: Promise<void> | undefined;
      const stored = await opened.system(async (tx) => {
        closing = opened.close();
        return tx.query("SELECT 1 AS stored");
      });
      expect(stored).toEqual([{ stored: 1 }]);
      await closing;
      await expect(opened.system(async () => {})).rejects.toMatchObject({
        code: "service_unavailable",
      });
    });
  });
}

function valueContract(database: () => OwnedDatabase): void {
  it("reads the types of the schema as the same JavaScript values", async () => {
    const [row] = await database().system((tx) =>
      tx.query(`SELECT 1::int2 AS int2, 2::int4 AS int4, 3::int8 AS int8, 9007199254740993::int8 AS large,
        1.5::float8 AS float8, 1.50::numeric AS numeric, true AS yes, 'ä'::text AS text, null AS nothing,
        '{"b":[1,"x"]}'::jsonb AS jsonb, '"s"'::json AS json, '\\x00ff'::bytea AS bytea,
        '2026-11-30 23:59:59.999+00'::timestamptz AS moment, '2026-11-30'::date AS day,
        '2026-11-30 01:02:03'::timestamp AS local,
        '00000000-0000-7000-8000-000000000001'::uuid AS uuid, array['a','b"c'] AS texts, array[1,2] AS ints`),
    );
    expect(row).toEqual({
      int2: 1,
      int4: 2,
      int8: 3,
      large: 9007199254740993n,
      float8: 1.5,
      numeric: "1.50",
      yes: true,
      text: "ä",
      nothing: null,
      jsonb: { b: [1, "x"] },
      json: "s",
      bytea: new Uint8Array([0, 255]),
      moment: new Date("2026-11-30T23:59:59.999Z"),
      day: "2026-11-30",
      local: "2026-11-30 01:02:03",
      uuid: "00000000-0000-7000-8000-000000000001",
      texts: ["a", 'b"c'],
      ints: [1, 2],
    });
  });

  it("reads moments rightly whatever the session's time zone", async () => {
    const rows = await database().system(async (tx) => {
      await tx.query("SET LOCAL TimeZone = 'Asia/Kolkata'");
      return tx.query("SELECT '2026-11-30 23:59:59.999999+00'::timestamptz AS moment");
    });
    expect(rows).toEqual([{ moment: new Date("2026-11-30T23:59:59.999Z") }]);
  });

  it("takes JavaScript values as parameters", async () => {
    const [row] = await database().system((tx) =>
      tx.query(
        `SELECT $1::timestamptz AS moment, $2::jsonb AS json, $3::bytea AS bytes, $4::text[] AS texts,
          $5::int4 AS int, $6::boolean AS no, $7::uuid AS uuid, $8::text AS nothing, $9::bytea[] AS many`,
        [
          new Date("2026-11-24T22:16:53.120Z"),
          { a: "\u00e9", n: [1, null] },
          new Uint8Array([1, 2, 255]),
          ["a", 'b"\\c,{}', "NULL", "", null],
          7,
          false,
          "00000000-0000-7000-8000-000000000001",
          undefined,
          [new Uint8Array([9])],
        ],
      ),
    );
    expect(row).toMatchObject({
      moment: new Date("2026-11-24T22:16:53.120Z"),
      json: { a: "é", n: [1, null] },
      bytes: new Uint8Array([1, 2, 255]),
      texts: ["a", 'b"\\c,{}', "NULL", "", null],
      int: 7,
      no: false,
      uuid: "00000000-0000-7000-8000-000000000001",
      nothing: null,
    });
  });

  it("keeps 1 MiB of bytes and JSON text as they are", async () => {
    const tenantId = randomUUID();
    const bytes = new Uint8Array(1024 * 1024).map((_, index) => index % 251);
    const input = '{"b":1,"a":"\\u0000 \\ud800"}';
    const read = await database().tenant(tenantId, async (tx) => {
      await tx.query(
        "INSERT INTO blob_chunks (tenant_id, sha256, chunk, bytes) VALUES ($1, $2, 0, $3)",
        [tenantId, input, bytes],
      );
      return tx.query<{ sha256: string; bytes: Uint8Array }>(
        "SELECT sha256, bytes FROM blob_chunks WHERE tenant_id = $1",
        [tenantId],
      );
    });
    expect(read).toHaveLength(1);
    expect(read[0]?.sha256).toBe('{"b":1,"a":"\\u0000 \\ud800"}');
    expect(Buffer.compare(read[0]?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("reads and writes rows through the orm", async () => {
    const tenantId = randomUUID();
    const threadId = randomUUID();
    const updatedAt = new Date("2026-01-02T03:04:05.678Z");
    const rows = await database().tenant(tenantId, async (tx) => {
      await tx.orm
        .insert(schema.threads)
        .values({ tenantId, threadId, metadata: { label: "7" }, updatedAt });
      return tx.orm.select().from(schema.threads);
    });
    expect(rows).toMatchObject([
      {
        threadId,
        status: "idle",
        metadata: { label: "7" },
        values: {},
        activeRunId: null,
        updatedAt,
      },
    ]);
    expect(rows[0]?.createdAt).toBeInstanceOf(Date);
  });

  it("never shows a statement's values in its error", async () => {
    const tenantId = randomUUID();
    const agentId = randomUUID();
    const insert = () =>
      database().tenant(tenantId, (tx) =>
        tx.orm
          .insert(schema.agentVersions)
          .values({ tenantId, agentId, version: 1, definition: "a prompt", timeoutSeconds: 1 }),
      );
    await insert();
    const error: unknown = await insert().catch((reason: unknown) => reason);
    expect(sqlState(error)).toBe("23505");
    const shown = [JSON.stringify(error), String(error), ...Object.values(error as object)].join();
    expect(shown).not.toContain("a prompt");
  });
}
