import { createPostgres, migrate, type OwnedDatabase } from "@llamaagent/db";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { createTestDatabase } from "./services/test-database.ts";
import { createTestPglite } from "./services/test-pglite.ts";

/** One suite on both topologies' databases, each migrated and of the test file's own. */
export function onEachDatabase(suite: (database: () => OwnedDatabase) => void): void {
  const opened = (open: () => Promise<{ database: OwnedDatabase; drop(): Promise<void> }>) => {
    let current: Awaited<ReturnType<typeof open>> | undefined;
    beforeAll(async () => {
      current = await open();
    });
    afterAll(() => current?.drop());
    suite(() => {
      if (current === undefined) throw new Error("the database was not opened");
      return current.database;
    });
  };
  describe("on PGlite", () => opened(createTestPglite));
  describe.runIf(inject("databaseUrl"))("on Postgres", () => opened(migratedPostgres));
}

export async function migratedPostgres(): Promise<{
  database: OwnedDatabase;
  url: string;
  drop(): Promise<void>;
}> {
  const test = await createTestDatabase({
    migrate: async (url) => void (await migrate({ url })),
  });
  const database = createPostgres({ url: test.url });
  return {
    database,
    url: test.url,
    async drop() {
      await database.close();
      await test.drop();
    },
  };
}
