import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, topologies } from "../api/topologies.ts";
import { reportFigures } from "../durability/report-figures.ts";
import { createAnswerFaults } from "./answer-faults.ts";
import { type Call, callName, type OperationCalls } from "./call.ts";
import { agentCalls } from "./calls/agents.ts";
import { runCalls } from "./calls/runs.ts";
import { storeCalls } from "./calls/store.ts";
import { checkpointCalls } from "./calls/thread-checkpoints.ts";
import { threadSearchCalls } from "./calls/thread-searches.ts";
import { threadCalls } from "./calls/threads.ts";
import { type ConformanceRow, conformanceTable } from "./conformance-table.ts";
import { createGiven } from "./given.ts";
import { MISSING, NEVER_ANSWERED, OUT_OF_SCOPE } from "./missing.ts";
import { readReference, type ReferenceOperation } from "./read-reference.ts";
import { createRequestFaults } from "./request-faults.ts";
import { sendCall } from "./send-call.ts";

const calls: OperationCalls = {
  ...agentCalls,
  ...threadCalls,
  ...checkpointCalls,
  ...threadSearchCalls,
  ...runCalls,
  ...storeCalls,
};
const found = readReference(process.env);
const reference = "missing" in found ? undefined : found;
const operations = [...(reference?.operations.values() ?? [])];
const inScope = operations.filter(({ operationId }) => !OUT_OF_SCOPE.includes(operationId));

if ("missing" in found)
  it("needs the Agent Protocol's document", ({ skip }) => {
    reportFigures(`The Agent Protocol's conformance test is skipped: ${found.missing}`);
    skip();
  });

describe.runIf(reference)("the calls to the Agent Protocol", () => {
  it("are for each of its 27 operations that is not out of scope", () => {
    expect(operations).toHaveLength(27);
    expect(Object.keys(calls).toSorted()).toEqual(
      inScope.map(({ operationId }) => operationId).toSorted(),
    );
  });

  it.each(inScope)("provoke each status of $operationId that can be answered", (operation) => {
    const { operationId, responses } = operation;
    const never = Object.keys(NEVER_ANSWERED[operationId] ?? {});
    const provoked = (calls[operationId] ?? []).map(({ status }) => String(status));
    expect([...new Set([...provoked, ...never])].toSorted()).toEqual(Object.keys(responses));
    expect(provoked.filter((status) => never.includes(status))).toEqual([]);
  });

  it("have one name each, and what is not built is among them", () => {
    const names = Object.entries(calls).flatMap(([id, those]) =>
      those.map((call) => callName(id, call)),
    );
    expect(new Set(names).size).toBe(names.length);
    const known = [...names, ...Object.keys(calls)];
    expect(MISSING.filter((name) => !known.includes(name))).toEqual([]);
    expect(new Set(MISSING).size).toBe(MISSING.length);
  });
});

const served = topologies.filter(({ isThere }) => isThere && reference !== undefined);
describe.each(served)("the Agent Protocol, $name", ({ name: topology, start }) => {
  let api: TestApi;
  let made: Awaited<ReturnType<typeof createGiven>>;
  beforeAll(async () => {
    api = await start();
    await api.startWorker();
    made = await createGiven(api.url);
  });
  afterEach(() => made?.cancelSlowRuns());

  const rows = new Map<string, ConformanceRow>();
  afterAll(async () => {
    await api?.close();
    reportFigures(conformanceTable(topology, [...rows.values()]));
  });

  if (reference === undefined) return;
  const requestFaults = createRequestFaults(reference);
  const answerFaults = createAnswerFaults(reference);

  describe.each(inScope)("$method $path", (operation) => {
    const { operationId } = operation;
    const never = Object.entries(NEVER_ANSWERED[operationId] ?? {});
    const note = never.map(([status, reason]) => `never ${status}: ${reason}`).join("; ");
    const row = { operation, calls: 0, valid: 0, missing: 0, note };
    rows.set(operationId, row);

    async function answered(call: Call) {
      const request = await call.request(made.given);
      // What is answered 400 or 422 is wrong on purpose.
      if (![400, 422].includes(call.status)) expect(requestFaults(operation, request)).toEqual([]);
      return { request, answer: await sendCall(api.url, operation, request) };
    }

    const operationCalls = calls[operationId] ?? [];
    const isOperationMissing = MISSING.includes(operationId);
    const isMissing = (call: Call) => MISSING.includes(callName(operationId, call));

    if (isOperationMissing)
      it.each(operationCalls)("is not built: $status, $name", async (call) => {
        const { answer } = await answered(call);
        row.missing += 1;
        // 405 where the path has other methods.
        expect([404, 405]).toContain(answer.status);
      });
    else {
      it.each(operationCalls.filter((call) => !isMissing(call)))(
        "answers $status: $name",
        async ({ status, ...call }) => {
          row.calls += 1;
          const { request, answer } = await answered({ status, ...call });
          expect(answer, answer.text).toMatchObject({ status });
          expect(answerFaults(operation, answer), answer.text).toEqual([]);
          if ("answer" in request) expect(answer.json ?? answer.text).toEqual(request.answer);
          row.valid += 1;
        },
      );
      it.each(operationCalls.filter(isMissing))("is not built: $status, $name", async (call) => {
        const { answer } = await answered(call);
        row.missing += 1;
        expect(answer).toMatchObject({ status: 422, json: { code: "not_available" } });
      });
    }
  });

  it.each(OUT_OF_SCOPE)("%s is out of scope", async (operationId) => {
    const operation = reference.operations.get(operationId) as ReferenceOperation; // as the table says
    const row = { operation, calls: 0, valid: 0, missing: 0, note: "out of scope" };
    rows.set(operationId, row);
    const path = { thread_id: await made.given.thread() };
    expect((await sendCall(api.url, operation, { path })).status).toBe(404);
  });
});
