import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, send } from "../api/send.ts";
import { type TestApi, topologies } from "../api/topologies.ts";
import { createAnswerFaults } from "../conformance/answer-faults.ts";
import { createSchemaFaults } from "../conformance/schema-faults.ts";
import { bodyExample } from "./body-example.ts";
import { type OwnOperation, readOwnOperations } from "./own-operations.ts";
import { type Named, type ThingsMade, thingsMade } from "./things-made.ts";

const { operations, schemas } = await readOwnOperations();
const schemaFaults = createSchemaFaults(schemas);
const answerFaults = createAnswerFaults({ schemas, operations: new Map() });

describe.each(operations)("$method $path in the document", (operation) => {
  it("has a summary and errors", () => {
    expect(operation.summary ?? "").toMatch(/\w{3}/);
    const statuses = Object.keys(operation.responses);
    expect(statuses.filter((status) => Number(status) >= 400)).not.toEqual([]);
  });

  it("has an example of its body that its schema takes", () => {
    const example = bodyExample(operation, schemas);
    if (example) expect(schemaFaults(example.schema, example.value)).toEqual([]);
  });
});

const served = topologies.filter(({ isThere }) => isThere);
describe.each(served)("the examples of the document, $name", ({ start }) => {
  let api: TestApi;
  let made: ThingsMade & { begin: () => Promise<Named> };
  beforeAll(async () => {
    // The agent of the example is one of this provider; it is not run.
    api = await start({ environment: { OPENAI_API_KEY: "key" } });
    await api.startWorker({ webhooks: true });
    made = thingsMade(api.url);
  });
  afterAll(() => api?.close());
  beforeEach(() => made.begin());

  it.each(operations)("$operationId answers its own as it says", async (operation) => {
    const make = made[operation.operationId];
    if (make === undefined) throw new Error(`things-made.ts says nothing of ${operation.path}`);
    const answer = await sendExample(operation, await make());
    expect(String(answer.status), answer.text).toMatch(/^2/);
    // Of a file the text is what the schema speaks of.
    const read = { ...answer, json: answer.json ?? answer.text };
    expect(answerFaults({ ...operation, parameters: [] }, read), answer.text).toEqual([]);
    expect(listed(answer.json), "an empty list shows nothing").not.toEqual([]);
  });

  function sendExample(operation: OwnOperation, { path = {}, query }: Named): Promise<Answer> {
    const { method, path: template } = operation;
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? "nothing");
    const example = bodyExample(operation, schemas);
    const text =
      typeof example?.value === "string" ? example.value : JSON.stringify(example?.value);
    return send(api.url, {
      method,
      path: query === undefined ? filled : `${filled}?${query}`,
      ...(example ? { headers: { "content-type": example.mediaType }, body: text } : {}),
    });
  }
});

/** Undefined where an answer is no list. */
function listed(json: unknown): unknown {
  if (Array.isArray(json)) return json;
  return typeof json === "object" && json !== null && "items" in json ? json.items : undefined;
}
