import { isActedUnder, PLATFORM_CHAIN, verifyChain } from "@llamaagent/auth";
import { type AuditOptions, type AuditRecord, createClient } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, withHeaders } from "../api/send.ts";
import { type TestApi, topologies } from "../api/topologies.ts";
import { exampleRequest } from "../openapi/example-request.ts";
import { readOwnOperations } from "../openapi/own-operations.ts";
import { type ThingsMade, thingsMade } from "../openapi/things-made.ts";
import { KNOWN_KEY, KNOWN_KEY_ID } from "../services/known-key.ts";

const { operations, schemas } = await readOwnOperations();
const acting = operations.filter((operation) => isActedUnder(operation["x-permission"]));

/** Written out, so that an act that has another's name shows. */
const ACTS: Readonly<Record<string, string>> = {
  create_agent: "agents.create",
  update_agent: "agents.update",
  delete_agent: "agents.delete",
  create_key: "keys.create",
  rotate_key: "keys.rotate",
  revoke_key: "keys.revoke",
  create_schedule: "schedules.create",
  update_schedule: "schedules.update",
  delete_schedule: "schedules.delete",
  create_tenant: "tenants.create",
  update_tenant: "tenants.update",
  create_tenant_key: "tenants.create_key",
  list_webhook_keys: "webhooks.read_keys",
  rotate_webhook_keys: "webhooks.rotate_keys",
  resend_webhook_delivery: "webhooks.resend",
};

const served = topologies.filter(({ isThere }) => isThere);
describe.each(served)("acts over HTTP, $name", ({ start }) => {
  let api: TestApi;
  let made: ThingsMade & { begin: () => Promise<unknown> };
  const secrets = [KNOWN_KEY.slice(36)];
  const headers = { "x-api-key": KNOWN_KEY };
  const read = (chain: "platform" | "list", options: AuditOptions) => {
    const { audit } = createClient({ url: api.url, apiKey: KNOWN_KEY });
    return audit[chain](options);
  };
  beforeAll(async () => {
    api = await start({ asksForKeys: true });
    await api.startWorker({ webhooks: true });
    made = thingsMade(api.url, headers);
  });
  afterAll(() => api?.close());

  it("are these operations", () => {
    const ids = acting.map(({ operationId }) => operationId);
    expect(ids.toSorted()).toEqual(Object.keys(ACTS).toSorted());
  });

  it.each(acting)("$operationId is recorded once, with who did it", async (operation) => {
    const { operationId, method, path } = operation;
    await made.begin();
    const sent = exampleRequest(operation, schemas, (await made[operationId]?.()) ?? {});
    const id = `act-${operationId}`;
    const answer = await send(api.url, withHeaders(sent, { ...headers, "x-request-id": id }));
    expect(String(answer.status), answer.text).toMatch(/^2/);
    secrets.push(...(answer.text.match(/(?<=la_[0-9a-f]{32}_)[\w-]{43}|whsec_[\w+/=]+/g) ?? []));
    const chain = ACTS[operationId]?.startsWith("tenants.") ? "platform" : "list";
    const { items } = await read(chain, { action: ACTS[operationId], limit: 100 });
    const own = items.filter(({ request_id: given }) => given === id);
    expect(own).toMatchObject([
      {
        outcome: "done",
        subject: "tester",
        authenticated_by: "key",
        key_id: KNOWN_KEY_ID,
        address: "127.0.0.1",
        route: `${method} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
        count: 1,
      },
    ]);
    if (operationId !== "list_webhook_keys")
      expect(own[0]?.target_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("hold no secret, and nothing of what agents are told", async () => {
    const rows = await api.context.db.system((tx) =>
      tx.query<{ text: string }>("SELECT it::text AS text FROM audit_records AS it"),
    );
    const all = rows.map(({ text }) => text).join("\n");
    expect(rows.length).toBeGreaterThan(acting.length);
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets) expect(all.includes(secret)).toBe(false);
    expect(all).not.toMatch(/Answer from the files|Sum up what happened|whsec_/);
  });

  it("are sound chains, as anybody reads them", async () => {
    for (const chain of ["list", "platform"] as const) {
      const records: AuditRecord[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await read(chain, { order: "asc", limit: 7, cursor });
        records.push(...page.items);
        cursor = page.next_cursor;
        if (cursor === undefined) break;
      }
      expect(records.length).toBeGreaterThan(3);
      expect(await verifyChain(records)).toMatchObject({ isSound: true });
      if (chain === "platform")
        expect(new Set(records.map((record) => record.tenant_id))).toEqual(
          new Set([PLATFORM_CHAIN]),
        );
    }
  });
});
