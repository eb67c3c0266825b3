import { expect, it } from "vitest";
import { createScopes } from "./scopes.ts";
import type { Scope, Session } from "./session.ts";

const TENANT = "00000000-0000-7000-8000-00000000000a";

/** A double that notes what is sent, and could send any statement as the whole of its transaction. */
function recording(): { session: Session; controls: string[]; wholes: Scope[] } {
  const controls: string[] = [];
  const wholes: Scope[] = [];
  const session: Session = {
    run: async () => [],
    runWhole: async (scope) => (wholes.push(scope), []),
    script: async () => undefined,
    control: async (text) => void controls.push(text),
    pipelines: true,
    discard: () => undefined,
  };
  return { session, controls, wholes };
}

it("sends a transaction of one statement whole, in its role and tenant", async () => {
  const { session, controls, wholes } = recording();
  const scopes = createScopes((use) => use(session));
  await scopes.tenant(TENANT, (tx) => tx.query("SELECT 1", [], { isLast: true }));
  await scopes.system((tx) => tx.query("SELECT 1", [], { isLast: true }));
  expect(wholes).toEqual([{ role: "app_tenant", tenantId: TENANT }, { role: "app_system" }]);
  expect(controls).toEqual([]);
});

it("sends none whole that has settings of its own, for those have no place in it", async () => {
  const { session, controls, wholes } = recording();
  const scopes = createScopes((use) => use(session), { statement_timeout: "30s" });
  await scopes.tenant(TENANT, (tx) => tx.query("SELECT 1", [], { isLast: true }));
  await scopes.system((tx) => tx.query("SELECT 1", [], { isLast: true }));
  expect(wholes).toEqual([]);
  const timeout = "set_config('statement_timeout','30s',true)";
  expect(controls).toEqual([
    `BEGIN;SET LOCAL ROLE app_tenant;SELECT set_config('app.tenant','${TENANT}',true),${timeout}`,
    "COMMIT",
    `BEGIN;SET LOCAL ROLE app_system;SELECT ${timeout}`,
    "COMMIT",
  ]);
});
