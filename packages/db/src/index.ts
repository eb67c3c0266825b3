export type { Database, OwnedDatabase, SystemTx, TenantTx, Tx } from "./database.ts";
export { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
export { migrate, MONTHS_AHEAD } from "./migrate.ts";
export { createPglite } from "./pglite.ts";
export { createPostgres } from "./postgres.ts";
export { postgresOptions, postgresSettings } from "./postgres-settings.ts";
export { assertSchemaIsCurrent } from "./schema-is-current.ts";
export * as schema from "./schema/index.ts";
export { sqlState, unwrapOrmError } from "./sql-errors.ts";
