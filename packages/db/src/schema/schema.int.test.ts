import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { expect, it } from "vitest";
import { migrate } from "../migrate.ts";
import { createPglite } from "../pglite.ts";
import * as schema from "./index.ts";

interface Column {
  table: string;
  column: string;
  type: string;
  notNull: boolean;
  hasDefault: boolean;
  inPrimaryKey: boolean;
}

it("mirrors the migrated tables that it names, column by column", async () => {
  const folder = await temporaryFolder("schema");
  const database = await createPglite({ dataDir: folder.path });
  await migrate({ database });
  const migrated = await database.owner((tx) =>
    tx.query<Column>(`SELECT c.table_name AS table, c.column_name AS column, c.data_type AS type,
        c.is_nullable = 'NO' AS "notNull", c.column_default IS NOT NULL AS "hasDefault",
        EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
          WHERE i.indisprimary AND i.indrelid = format('%I', c.table_name)::regclass AND a.attname = c.column_name) AS "inPrimaryKey"
      FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name AND t.relnamespace = 'public'::regnamespace
      WHERE c.table_schema = 'public' AND NOT t.relispartition AND t.relkind IN ('r', 'p')`),
  );
  await database.close();
  await folder.remove();
  const sorted = (columns: Column[]) =>
    columns.toSorted((a, b) => `${a.table}.${a.column}`.localeCompare(`${b.table}.${b.column}`));
  const mirrored = Object.values(schema).flatMap(columnsOf);
  const names = new Set(mirrored.map(({ table }) => table));
  expect(sorted(mirrored)).toEqual(sorted(migrated.filter(({ table }) => names.has(table))));
});

function columnsOf(table: unknown): Column[] {
  if (!is(table, PgTable)) throw new Error("the schema exports tables only");
  const config = getTableConfig(table);
  const keys = config.primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
  return config.columns.map((column) => ({
    table: config.name,
    column: column.name,
    type: column.getSQLType(),
    notNull: column.notNull,
    hasDefault: column.hasDefault,
    inPrimaryKey: column.primary || keys.includes(column.name),
  }));
}
