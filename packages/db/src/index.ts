export type { Database, OwnedDatabase, OwnerTx, SystemTx, TenantTx, Tx } from "./database.ts";
export { migrate, type MigrationReport } from "./migrate.ts";
export type { Orm } from "./orm.ts";
export { createPglite, type PgliteOptions } from "./pglite.ts";
export { createPostgres, type PostgresOptions, type PostgresTimeouts } from "./postgres.ts";
export { postgresOptions, postgresSettings, type PostgresSettings } from "./postgres-settings.ts";
export { assertSchemaIsCurrent } from "./schema-is-current.ts";
export * as schema from "./schema/index.ts";
export { sqlState } from "./sql-errors.ts";
