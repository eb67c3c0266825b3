import { AsyncLocalStorage } from "node:async_hooks";
import { AppError } from "@llamaagent/core";
import type { OwnedDatabase, OwnerTx, SystemTx, TenantTx, Tx } from "./database.ts";
import { createOrm, type Orm } from "./orm.ts";
import type { Scope, Session } from "./session.ts";
import { isRepeatable } from "./sql-errors.ts";
import { type Begin, runTransaction, type TransactionStatement } from "./transaction.ts";

const MAX_ATTEMPTS = 3;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Calls the function with a connection of its own and takes it back when the function has ended. */
export type WithSession = <T>(use: (session: Session) => Promise<T>) => Promise<T>;

/** `localSettings` are set for the time of each transaction. */
export function createScopes(
  withSession: WithSession,
  localSettings: Readonly<Record<string, string>> = {},
): Pick<OwnedDatabase, "tenant" | "system" | "owner"> {
  const open = new AsyncLocalStorage<{ isOver: boolean }>();

  async function transact<T>(
    begin: Begin,
    work: (run: TransactionStatement, session: Session) => Promise<T>,
  ): Promise<T> {
    if (open.getStore()?.isOver === false)
      throw new AppError("nested_pool_use", {
        detail: "A transaction was asked for inside an open one: pass its tx on instead",
      });
    for (let attempt = 1; ; attempt++) {
      const mark = { isOver: false };
      try {
        return await open.run(mark, () =>
          withSession((session) => runTransaction(session, begin, (run) => work(run, session))),
        );
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isRepeatable(error)) throw error;
      } finally {
        // What the work left running behind is no longer inside it.
        mark.isOver = true;
      }
    }
  }

  /** Sent whole a transaction sets nothing else. */
  const whole = (scope: Scope): Pick<Begin, "scope"> =>
    Object.keys(localSettings).length === 0 ? { scope } : {};

  return {
    async tenant<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
      if (!uuid.test(tenantId))
        throw new AppError("internal", { detail: "The tenant's id is not a UUID" });
      const text = beginText("app_tenant", { "app.tenant": tenantId, ...localSettings });
      return transact({ text, ...whole({ role: "app_tenant", tenantId }) }, (run) =>
        work(Object.assign(openTx(run), { tenantId })),
      );
    },
    async system<T>(work: (tx: SystemTx) => Promise<T>): Promise<T> {
      const text = beginText("app_system", localSettings);
      return transact({ text, ...whole({ role: "app_system" }) }, (run) =>
        work(Object.assign(openTx(run), { system: true as const })),
      );
    },
    async owner<T>(work: (tx: OwnerTx) => Promise<T>): Promise<T> {
      return transact({ text: "BEGIN" }, (run, session) =>
        work(Object.assign(openTx(run), { script: (text: string) => session.script(text) })),
      );
    },
  };
}

/** One message: the role and the tenant cost no round trip. All values are ours or checked. */
function beginText(role: "app_tenant" | "app_system", settings: Record<string, string>): string {
  const calls = Object.entries(settings).map(
    ([key, value]) => `set_config('${key}','${value}',true)`,
  );
  const select = calls.length > 0 ? `;SELECT ${calls.join(",")}` : "";
  return `BEGIN;SET LOCAL ROLE ${role}${select}`;
}

/** Extended by Object.assign: a spread would build the orm of every transaction. */
function openTx(run: TransactionStatement): Tx {
  let orm: Orm | undefined;
  return {
    // The row's shape is the caller's claim about its own statement.
    query: <Row extends object>(
      text: string,
      values: readonly unknown[] = [],
      options?: { isLast: boolean },
    ) => run(text, values, "object", options?.isLast ?? false) as Promise<Row[]>,
    get orm() {
      return (orm ??= createOrm(run));
    },
  };
}
