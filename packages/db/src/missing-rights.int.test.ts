import { documentSnippet } from "@llamaagent/testing/architecture/document-snippets";
import { type RunningPostgres, startPostgres } from "@llamaagent/testing/services/postgres";
import { withClient } from "@llamaagent/testing/services/run-databases";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "./migrate.ts";
import { createPostgres } from "./postgres.ts";
import { assertSchemaIsCurrent } from "./schema-is-current.ts";

// Of its own: roles belong to the whole server, and here it has none at first.
describe.runIf(localBinaries().postgres)("a database user that is no superuser", () => {
  let postgres: RunningPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.close());

  function urlOf(user: string, database = user): string {
    const url = new URL(postgres.url);
    url.username = user;
    url.pathname = `/${database}`;
    return url.href;
  }

  /** One after the other: some may not be part of a transaction. */
  const sql = (statements: string, url = postgres.url) =>
    withClient(url, async (client) => {
      for (const statement of statements.split(";").filter((text) => text.trim() !== ""))
        await client.query(statement);
    });

  /** What docs/durability.md has an administrator run, for a user and a database of this name. */
  const page = (snippet: string, name: string) =>
    documentSnippet("docs/durability.md", snippet).replaceAll(/\bllamaagent\b/g, name);

  const refusal = (url: string) =>
    migrate({ url }).then(
      () => "none",
      (error: Error) => error.message,
    );

  it("migrates with what docs/durability.md gives it, and is told what it lacks", async () => {
    await sql("CREATE ROLE bare LOGIN; CREATE DATABASE bare");
    expect(await refusal(urlOf("bare"))).toBe(
      [
        "The database user bare may not migrate. An administrator of Postgres runs:",
        "  ALTER ROLE bare CREATEROLE;",
        "  GRANT CREATE ON SCHEMA public TO bare; -- in the database bare",
        'docs/durability.md, "The database user", says what for',
      ].join("\n"),
    );

    await sql(page("database-user", "first"));
    expect((await migrate({ url: urlOf("first") })).applied).toContain("0001_initial");
    await sql(page("database-user-migrated", "first"));
    const database = createPostgres({ url: urlOf("first"), poolSize: 1 });
    await assertSchemaIsCurrent(database);
    // As a later migration would.
    await database.owner((tx) => tx.query("ALTER TABLE runs ADD COLUMN later integer"));
    await database.close();
    expect(await migrate({ url: urlOf("first") })).toEqual({ applied: [], partitions: [] });

    // Made by the first one's migration, the roles are its own to grant.
    await sql(page("database-user", "second"));
    const lacksAdmin = await refusal(urlOf("second"));
    expect(lacksAdmin).toContain("  GRANT app_tenant, app_system TO second WITH ADMIN OPTION;");
    expect(lacksAdmin).not.toContain("ALTER ROLE");
    await sql(page("database-user-beside", "second"), urlOf("first"));
    expect((await migrate({ url: urlOf("second") })).applied).toContain("0001_initial");

    expect(await refusal(urlOf("bare", "postgres"))).toContain("GRANT app_tenant, app_system TO");
    await expect(sql("SELECT", urlOf("first", "second"))).rejects.toThrow(
      'permission denied for database "second"',
    );
  });

  it("is told who owns the tables where that is another", async () => {
    await sql("CREATE ROLE owner LOGIN SUPERUSER; CREATE DATABASE shared OWNER owner");
    await migrate({ url: urlOf("owner", "shared") });
    await sql("CREATE ROLE other LOGIN");
    expect(await refusal(urlOf("other", "shared"))).toBe(
      "The database user other may not migrate: the tables belong to owner. Migrate as that user",
    );
  });

  it("may be given by an administrator who is no superuser either", async () => {
    await sql("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB");
    const administrator = urlOf("administrator", "postgres");
    const [create = "", ...rest] = page("database-user", "managed").split(/(?<=;)/);
    await sql(create, administrator);
    await expect(sql(rest.join(""), administrator)).rejects.toThrow('SET ROLE "managed"');
    await sql("GRANT managed TO CURRENT_USER", administrator);
    await sql(rest.join(""), administrator);
  });
});
