import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, send } from "../api/send.ts";
import { type TestApi, topologies } from "../api/topologies.ts";
import { createAnswerFaults } from "../conformance/answer-faults.ts";
import { bodyExample } from "./body-example.ts";
import { type OwnOperation, readOwnOperations } from "./own-operations.ts";
import { shownExample } from "./shown-example.ts";
import { type Named, type ThingsMade, thingsMade } from "./things-made.ts";

const { operations, schemas, headers } = await readOwnOperations();
const answerFaults = createAnswerFaults({ schemas, operations: new Map() });

const served = topologies.filter(({ isThere }) => isThere);
describe.each(served)("the examples of the document, $name", ({ start }) => {
  let api: TestApi;
  let made: ThingsMade & { begin: () => Promise<Named> };
  beforeAll(async () => {
    api = await start();
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
    const described = Object.keys(operation.responses[answer.status]?.headers ?? {});
    const sent = Object.keys(headers).filter((name) => name in answer.headers);
    // The last page has no cursor.
    const expected = described.filter((name) => name !== "x-next-cursor" || sent.includes(name));
    expect(sent).toEqual(expected.toSorted());
    expect(listed(answer.json), "an empty list shows nothing").not.toEqual([]);
  });

  /** Where an id cannot be chosen, with the one `made` for it in the place of the document's. */
  function sendExample(operation: OwnOperation, made: Named): Promise<Answer> {
    const { method, path: template, parameters } = operation;
    let path = template;
    const query = new URLSearchParams(made.query);
    for (const parameter of parameters.filter(({ required }) => required)) {
      const { name } = parameter;
      const value = made.path?.[name] ?? String(shownExample(parameter, schemas));
      if (parameter.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
      else query.append(name, value);
    }
    const example = bodyExample(operation, schemas);
    const text =
      typeof example?.value === "string" ? example.value : JSON.stringify(example?.value);
    return send(api.url, {
      method,
      path: query.size === 0 ? path : `${path}?${query.toString()}`,
      ...(example ? { headers: { "content-type": example.mediaType }, body: text } : {}),
    });
  }
});

/** Undefined where an answer is no list. */
function listed(json: unknown): unknown {
  if (Array.isArray(json)) return json;
  return typeof json === "object" && json !== null && "items" in json ? json.items : undefined;
}
