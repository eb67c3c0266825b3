import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCatalogue } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, send, sendJson, type Sent, withHeaders } from "../api/send.ts";
import { type TestApi, topologies } from "../api/topologies.ts";
import { type OwnOperation, readOwnOperations } from "../openapi/own-operations.ts";
import { type Named, type ThingsMade, thingsMade } from "../openapi/things-made.ts";
import { KNOWN_KEY } from "../services/known-key.ts";
import { answerLeaks } from "./answer-leaks.ts";
import { type AttackedPlace, attackedPlaces } from "./attacked-requests.ts";
import { type Attack, attacks, commandMarker } from "./attacks.ts";
import { logFaults } from "./log-faults.ts";
import { type StoredThings, storedThings } from "./stored-things.ts";

const { operations, schemas } = await readOwnOperations();
const admin = { "x-api-key": KNOWN_KEY };
/** Less than what the SQL and the scripts among the attacks would sleep. */
const PATIENCE_MS = 20_000;
/** Fields that a caller may send, and the server sets whatever is sent. */
const SET_HERE: readonly string[] = ["agent_id", "created_at", "run_id", "status", "updated_at"];
/** What an operation answers about a thing that an attack before has deleted, renamed or ended. */
const USED_UP: readonly number[] = [404, 409];

const served = topologies.filter(({ isThere }) => isThere);
describe.each(served)("strings that are more than strings, $name", ({ name, start }) => {
  // Those of a thread take the same bodies, and PGlite does one thing at a time.
  const walked = operations.filter(
    ({ operationId }) => name === "scaled" || !operationId.endsWith("_of_thread"),
  );
  let api: TestApi;
  let made: ThingsMade & { begin: () => Promise<Named> };
  let others: StoredThings;
  const logged: string[] = [];
  beforeAll(async () => {
    await rm(commandMarker, { force: true });
    const write = (line: string): void => void logged.push(line);
    const logger = createLogger({ level: "trace", destination: { write } });
    api = await start({ asksForKeys: true, logger });
    await api.startWorker({ webhooks: true });
    made = thingsMade(api.url, admin);
    others = await storedThings(api.context.db, await anotherTenant());
  });
  afterAll(() => api?.close());

  /** With something in it, which nobody touches. */
  async function anotherTenant(): Promise<string> {
    const { json } = await sendJson(api.url, "POST", "/tenants", { name: "another" }, admin);
    const { tenant_id: id, admin_key: key } = json as {
      tenant_id: string;
      admin_key: { key: string };
    };
    const by = { "x-api-key": key.key };
    const item = { namespace: ["a"], key: "b", value: { c: "d" } };
    for (const answer of [
      await sendJson(api.url, "POST", "/agents", { name: "a", model: "test/hello" }, by),
      await sendJson(api.url, "POST", "/threads", { metadata: { topic: "a" } }, by),
      await sendJson(api.url, "PUT", "/store/items", item, by),
    ])
      expect(String(answer.status), answer.text).toMatch(/^2/);
    // Noted once, behind the first request.
    const unused = () =>
      api.context.db.system((tx) =>
        tx.query(`SELECT FROM api_keys WHERE tenant_id = $1 AND last_used_at IS NULL`, [id]),
      );
    while ((await unused()).length > 0) await sleep(50);
    return id;
  }

  const make = async ({ operationId }: OwnOperation): Promise<Named> => {
    await made.begin();
    const things = made[operationId];
    if (things === undefined) throw new Error(`things-made.ts says nothing of ${operationId}`);
    return things();
  };
  const ask = (sent: Sent): Promise<Answer> =>
    Promise.race([
      send(api.url, withHeaders(sent, admin)),
      new Promise<never>((_resolve, reject) => {
        setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS).unref();
      }),
    ]);

  it.each(walked)(
    "stay strings in $operationId",
    async (operation) => {
      const faults: string[] = [];
      let things = await make(operation);
      let mayBeUsedUp = false;
      for (const place of attackedPlaces(operation, schemas))
        for (const attack of attacks) {
          const attacked = () => place.request(things, attack.value);
          const sent = attacked();
          if (sent === undefined) continue;
          let answer = await ask(sent);
          if (mayBeUsedUp && USED_UP.includes(answer.status)) {
            things = await make(operation);
            answer = await ask(attacked() ?? sent);
            mayBeUsedUp = false;
          }
          for (const fault of answerFaults(answer, place, attack))
            faults.push(`${place.name}, ${attack.name}: ${fault}: ${answer.status} ${answer.text}`);
          mayBeUsedUp ||= answer.status < 300;
        }
      expect(faults).toEqual([]);
      expect(await storedThings(api.context.db, others.tenantId)).toEqual(others);
    },
    600_000,
  );

  it("run no command, and tell the log nothing in its own voice", async () => {
    expect(existsSync(commandMarker)).toBe(false);
    expect(logged.length).toBeGreaterThan(walked.length * attacks.length);
    expect(logged.flatMap(logFaults)).toEqual([]);
    expect(logged.filter((line) => line.includes('"level":"fatal"'))).toEqual([]);
  });

  it("leave a server that serves", async () => {
    expect((await send(api.url, { path: "/health/ready" })).status).toBe(200);
    await made.begin();
    const run = await sendJson(api.url, "POST", "/runs/wait", { agent_id: "reader" }, admin);
    expect(run.json).toMatchObject({ run: { status: "success" } });
  });
});

function answerFaults(
  { status, headers, text, json }: Answer,
  { bodyPath }: AttackedPlace,
  { value }: Attack,
): string[] {
  const given = typeof value === "string" ? value : JSON.stringify(value);
  const faults = answerLeaks(text, given).map((leak) => `tells ${leak}`);
  if (status >= 500) faults.push("fails");
  if (headers["x-injected"] !== undefined) faults.push("has a header of the attack");
  if (status >= 400 && !isProblem(json, status)) faults.push("is no problem document");
  if (status < 300 && typeof value === "string" && isKept(bodyPath)) {
    const kept = valueAt(json, bodyPath);
    if (kept !== undefined && kept !== value) faults.push(`keeps ${JSON.stringify(kept)}`);
  }
  return faults;
}

/** Whether an answer that has something there has what was sent: not what is set here, or stands in a list beside others. */
function isKept(path: readonly string[] | undefined): path is readonly string[] {
  return path !== undefined && !path.includes("0") && !SET_HERE.includes(path.at(-1) ?? "");
}

function isProblem(json: unknown, status: number): boolean {
  const { code, status: said } = { ...(json as { code?: string; status?: number } | undefined) };
  return code !== undefined && Object.hasOwn(errorCatalogue, code) && said === status;
}

/** Its own; undefined where it is not there. */
function valueAt(json: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, step)
        ? Reflect.get(at, step)
        : undefined,
    json,
  );
}
