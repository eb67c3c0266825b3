import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { send, withHeaders } from "../api/send.ts";
import { type TestApi, topologies } from "../api/topologies.ts";
import { createAnswerFaults } from "../conformance/answer-faults.ts";
import { KNOWN_KEY } from "../services/known-key.ts";
import { exampleRequest } from "./example-request.ts";
import { readOwnOperations } from "./own-operations.ts";
import { type Named, type ThingsMade, thingsMade } from "./things-made.ts";

const { operations, schemas, headers } = await readOwnOperations();
const admin = { "x-api-key": KNOWN_KEY };
const answerFaults = createAnswerFaults({ schemas, operations: new Map() });

const served = topologies.filter(({ isThere }) => isThere);
describe.each(served)("the examples of the document, $name", ({ start }) => {
  let api: TestApi;
  let made: ThingsMade & { begin: () => Promise<Named> };
  beforeAll(async () => {
    api = await start({ asksForKeys: true });
    await api.startWorker({ webhooks: true });
    made = thingsMade(api.url, admin);
  });
  afterAll(() => api?.close());
  beforeEach(() => made.begin());

  it.each(operations)("$operationId answers its own as it says", async (operation) => {
    const make = made[operation.operationId];
    if (make === undefined) throw new Error(`things-made.ts says nothing of ${operation.path}`);
    const asked = exampleRequest(operation, schemas, await make());
    const answer = await send(api.url, withHeaders(asked, admin));
    expect(String(answer.status), answer.text).toMatch(/^2/);
    // Of a file the text is what the schema speaks of.
    const read = { ...answer, json: answer.json ?? answer.text };
    expect(answerFaults({ ...operation, parameters: [] }, read), answer.text).toEqual([]);
    const described = Object.keys(operation.responses[answer.status]?.headers ?? {});
    const sent = Object.keys(headers).filter((name) => name in answer.headers);
    // The last page has no cursor.
    const expected = described.filter((name) => name !== "x-next-cursor" || sent.includes(name));
    expect(sent).toEqual(expected.toSorted());
    expect(listed(answer.json), "an empty list shows nothing").not.toEqual([]);
  });
});

/** Undefined where an answer is no list. */
function listed(json: unknown): unknown {
  if (Array.isArray(json)) return json;
  return typeof json === "object" && json !== null && "items" in json ? json.items : undefined;
}
