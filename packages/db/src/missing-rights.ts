import type { OwnedDatabase } from "./database.ts";

interface Rights {
  user: string;
  /** Of the tables; null before the first migration. */
  owner: string | null;
  isOwner: boolean | null;
  statements: string[];
}

/**
 * Why the connection's user may not migrate, and what an administrator runs so that it may; undefined
 * where it lacks nothing that is known here. Asked for rather than read from the refusal, which names
 * one right at a time, in the server's language.
 */
export async function missingRights(database: OwnedDatabase): Promise<string | undefined> {
  const [rights] = await database.owner((tx) => tx.query<Rights>(RIGHTS));
  if (rights === undefined) return undefined;
  const { user, owner, isOwner, statements } = rights;
  if (owner !== null && !isOwner)
    return `The database user ${user} may not migrate: the tables belong to ${owner}. Migrate as that user`;
  if (statements.length === 0) return undefined;
  return [
    `The database user ${user} may not migrate. An administrator of Postgres runs:`,
    ...statements.map((statement) => `  ${statement}`),
    'docs/durability.md, "The database user", says what for',
  ].join("\n");
}

/**
 * Roles are made and granted by the first migration alone. From Postgres 16 on CREATEROLE does not
 * suffice to grant a role that somebody else made: that takes ADMIN on it.
 */
const RIGHTS = `
  WITH me AS (SELECT rolname, rolcreaterole OR rolsuper AS makes_roles FROM pg_roles WHERE rolname = current_user),
  theirs AS (
    SELECT string_agg(quote_ident(rolname), ', ' ORDER BY rolname DESC) AS names FROM pg_roles
    WHERE rolname IN ('app_tenant', 'app_system') AND current_setting('server_version_num')::int >= 160000
      AND NOT pg_has_role(current_user, oid, 'USAGE WITH ADMIN OPTION')),
  tables AS (
    SELECT tableowner::text AS owner, pg_has_role(current_user, tableowner, 'USAGE') AS is_owner
    FROM pg_tables WHERE schemaname = 'public' AND tablename = 'schema_migrations')
  SELECT me.rolname::text AS "user", tables.owner, tables.is_owner AS "isOwner", array_remove(ARRAY[
    CASE WHEN tables.owner IS NULL AND NOT me.makes_roles
      THEN format('ALTER ROLE %I CREATEROLE;', me.rolname) END,
    CASE WHEN tables.owner IS NULL AND theirs.names IS NOT NULL
      THEN format('GRANT %s TO %I WITH ADMIN OPTION;', theirs.names, me.rolname) END,
    CASE WHEN NOT has_schema_privilege('public', 'CREATE')
      THEN format('GRANT CREATE ON SCHEMA public TO %I; -- in the database %I', me.rolname, current_database()) END
  ], NULL) AS statements
  FROM me CROSS JOIN theirs LEFT JOIN tables ON true`;
