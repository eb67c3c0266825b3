import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Role } from "@llamaagent/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, send, sendJson, type Sent, withHeaders } from "../api/send.ts";
import { type TestApi, topologies } from "../api/topologies.ts";
import { exampleRequest } from "../openapi/example-request.ts";
import { type OwnOperation, readOwnOperations } from "../openapi/own-operations.ts";
import { type ThingsMade, thingsMade } from "../openapi/things-made.ts";
import { KNOWN_KEY } from "../services/known-key.ts";
import { type AccessRow, printMatrix } from "./access-matrix.ts";

const { operations, schemas } = await readOwnOperations();
const MATRIX = join(import.meta.dirname, "../../../../docs/access-matrix.md");
const ROLES = Role.options;
const CANARY = "canary-of-the-owner";
/** By table, what nothing changes by itself, as runs at work and uses of a key do. */
const STILL: Readonly<Record<string, string>> = {
  agents: "to_jsonb(it)",
  agent_versions: "to_jsonb(it)",
  api_keys: "to_jsonb(it) - 'last_used_at'",
  audit_records: "to_jsonb(it)",
  store_items: "to_jsonb(it)",
  thread_files: "to_jsonb(it)",
  threads: "jsonb_build_array(it.thread_id, it.metadata)",
  webhook_keys: "to_jsonb(it)",
};
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Named in its path is a thing of the installation: the same for all. */
const OF_ALL = ["get_tool"];

type Headers = Readonly<Record<string, string>>;
const as = (key: string): Headers => ({ "x-api-key": key });
const platform = as(KNOWN_KEY);

const served = topologies.filter(({ isThere }) => isThere);
describe.each(served)("tenants, $name", ({ start }) => {
  let api: TestApi;
  let owner: Headers;
  let ownerTenant: string;
  let made: ThingsMade & { begin: () => Promise<unknown> };
  let madeByPlatform: ThingsMade;
  const rows: AccessRow[] = [];

  interface NewTenant {
    tenant_id: string;
    admin_key: { key: string };
  }
  const create = async (path: string, fields: object, by: Headers): Promise<unknown> => {
    const { status, json, text } = await sendJson(api.url, "POST", path, fields, by);
    expect(status, text).toBe(201);
    return json;
  };
  beforeAll(async () => {
    api = await start({ asksForKeys: true });
    await api.startWorker({ webhooks: true });
    const ours = (await create("/tenants", { name: "ours" }, platform)) as NewTenant;
    [owner, ownerTenant] = [as(ours.admin_key.key), ours.tenant_id];
    await fillWithCanaries();
    made = thingsMade(api.url, owner);
    madeByPlatform = thingsMade(api.url, platform);
  });
  afterAll(() => api?.close());

  /** What has no id in what is told of it: a text that is nowhere else, in everything of the owner's. */
  async function fillWithCanaries(): Promise<void> {
    const metadata = { note: CANARY };
    const post = (path: string, body: object) => sendJson(api.url, "POST", path, body, owner);
    const thread_id = randomUUID();
    const answers = [
      await post("/agents", { name: CANARY, model: "test/hello", instructions: CANARY, metadata }),
      await post("/threads", { thread_id, metadata }),
      await sendJson(api.url, "PATCH", `/threads/${thread_id}`, { values: metadata }, owner),
      await post("/runs/wait", { agent_id: CANARY, thread_id, input: CANARY, metadata }),
      await post("/schedules", { cron: "0 0 1 1 *", run: { agent_id: CANARY }, metadata }),
      await post("/keys", { name: CANARY, roles: ["viewer"] }),
      await sendJson(
        api.url,
        "PUT",
        "/store/items",
        { namespace: [CANARY], key: CANARY, value: metadata },
        owner,
      ),
      await send(api.url, {
        method: "PUT",
        path: `/threads/${thread_id}/files/${CANARY}`,
        headers: { ...owner, "content-type": "application/octet-stream" },
        body: CANARY,
      }),
    ];
    for (const { status, text } of answers) expect(String(status), text).toMatch(/^2/);
  }

  /** All that the owner has, but for what changes by itself: runs at work, and when a key was last used. */
  async function ownersThings(): Promise<unknown> {
    const of: Record<string, unknown> = {};
    for (const [table, still] of Object.entries(STILL)) {
      const [row] = await api.context.db.system((tx) =>
        tx.query<{ things: string }>(
          `SELECT md5(string_agg((${still})::text, '' ORDER BY (${still})::text)) AS things
           FROM ${table} AS it WHERE tenant_id = $1`,
          [ownerTenant],
        ),
      );
      of[table] = row?.things;
    }
    return of;
  }

  /** Of another tenant, which has nothing yet; a platform's admin is of the default one. */
  async function stranger(role: Role): Promise<Headers> {
    const keys =
      role === "platform_admin"
        ? platform
        : as(
            ((await create("/tenants", { name: randomUUID() }, platform)) as NewTenant).admin_key
              .key,
          );
    const made = await create("/keys", { name: role, roles: [role] }, keys);
    return as((made as { key: string }).key);
  }

  const isOfTenants = (operation: OwnOperation): boolean =>
    /^(platform_audit|tenants):/.test(String(operation["x-permission"]));

  it.each(operations)("$operationId tells nothing of another tenant's", async (operation) => {
    const { operationId } = operation;
    const [by, things] = isOfTenants(operation) ? [platform, madeByPlatform] : [owner, made];
    const make = things[operationId];
    if (make === undefined) throw new Error(`things-made.ts says nothing of ${operationId}`);
    const ask = (sent: Sent, headers: Headers): Promise<Answer> =>
      send(api.url, withHeaders(sent, headers));
    const fresh = async () => {
      await made.begin();
      return exampleRequest(operation, schemas, await make());
    };

    const first = await ask(await fresh(), by);
    expect(String(first.status), first.text).toMatch(/^2/);

    const sent = await fresh();
    const given = `${sent.path} ${String(sent.body)}`;
    const before = await ownersThings();
    // Of tenants a platform's admin is the owner.
    const answers: Partial<Record<Role, number>> = { platform_admin: first.status };
    for (const role of ROLES) {
      if (role === "platform_admin" && isOfTenants(operation)) continue;
      const { status, text } = await ask(sent, await stranger(role));
      answers[role] = status;
      expect(status, `${role}: ${text}`).toBeLessThan(500);
      const namesThing = operation.path.includes("{") && !OF_ALL.includes(operationId);
      if (namesThing) expect([403, 404], `${role}: ${text}`).toContain(status);
      if (operation["x-permission"] === "public") continue;
      expect(text, `${role} reads what is the owner's`).not.toContain(CANARY);
      const told = [...text.matchAll(UUID)].flatMap(([id]) => (given.includes(id) ? [] : id));
      for (const id of told) expect(await isOwners(id), `${role} sees ${id}: ${text}`).toBe(false);
    }
    expect(await ownersThings(), "harmed").toEqual(before);
    const again = await ask(sent, by);
    expect(String(again.status), `harmed: ${again.text}`).toMatch(/^2/);
    const { method, path, "x-permission": permission } = operation;
    rows.push({
      operation: operationId,
      route: `${method} ${path}`,
      permission: String(permission),
      owner: first.status,
      others: answers as AccessRow["others"],
    });
  });

  /** Whether a row of the owner's tenant has the id. */
  async function isOwners(id: string): Promise<boolean> {
    const tables = await tablesOfTenants();
    const found = await api.context.db.system((tx) =>
      tx.query<{ found: boolean }>(
        `SELECT ${tables.map((table) => `EXISTS (SELECT FROM ${table} AS it WHERE tenant_id = $1 AND position($2 IN it::text) > 0)`).join(" OR ")} AS found`,
        [ownerTenant, id],
      ),
    );
    return found[0]?.found ?? false;
  }

  async function tablesOfTenants(): Promise<string[]> {
    const rows = await api.context.db.system((tx) =>
      tx.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
      ),
    );
    return rows.map(({ name }) => name);
  }

  it("shows a query that forgets its tenant nothing of another's, in any table", async () => {
    const { db } = api.context;
    const { tenant_id: theirs } = (await create(
      "/tenants",
      { name: "theirs" },
      platform,
    )) as NewTenant;
    const tables = await tablesOfTenants();
    expect(tables.length).toBeGreaterThan(15);
    const filled: string[] = [];
    for (const table of tables) {
      const [there] = await db.system((tx) =>
        tx.query<{ count: number }>(`SELECT count(*)::int FROM ${table} WHERE tenant_id = $1`, [
          ownerTenant,
        ]),
      );
      if (there?.count) filled.push(table);
      const seen = await db.tenant(theirs, (tx) =>
        tx.query<{ tenant_id: string }>(`SELECT tenant_id FROM ${table}`),
      );
      expect(new Set(seen.map((row) => row.tenant_id)).has(ownerTenant), table).toBe(false);
    }
    // Else nothing was there to be seen.
    expect(filled).toEqual(
      expect.arrayContaining(["runs", "run_events", "threads", "store_items"]),
    );
    expect(filled.length).toBeGreaterThan(tables.length / 2);
  });

  it("answers as docs/access-matrix.md says", async () => {
    const about =
      "# Who is answered what\n\n" +
      "Each operation of the server, called as the OpenAPI document shows it, about things of one tenant: by its owner, " +
      "who is an admin of that tenant (of tenants, a platform admin), and by somebody with each role of another tenant " +
      "(a platform admin: of the default one). “–” is 403, the role may not; “not found” is 404, which the role gets " +
      "of its own tenant too where nothing is there. Where others are answered 2xx, that is about their own tenant. " +
      "Written by `npm run matrix -- -u`; a test compares it.\n";
    expect(rows).toHaveLength(operations.length);
    await expect(`${about}\n${printMatrix(rows, ROLES)}\n`).toMatchFileSnapshot(MATRIX);
  });
});
