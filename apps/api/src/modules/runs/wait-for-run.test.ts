import { createEnvelope } from "@llamaagent/protection";
import { nothingAllowed } from "@llamaagent/tools/manifest";
import {
  createPluginRegistry,
  type Principal,
  type StoredEvent,
  systemClock,
} from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { createRunsContext, inProcessAdapters } from "@llamaagent/runs";
import { runRow } from "@llamaagent/testing/run-row";
import { describe, expect, it } from "vitest";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { createOpenRequests } from "../../open-requests.ts";
import { createAdmission } from "./admission.ts";
import { waitForRun } from "./wait-for-run.ts";
import { createReaderMemory } from "../../reader-memory.ts";

const runId = "01900000-0000-7000-8000-000000000000";
const principal: Principal = {
  tenantId: "00000000-0000-7000-8000-000000000001",
  subject: "test",
  roles: ["admin"],
  scopes: [],
};
type State = "queued" | "running" | "waiting" | "ended";

/** The run is read in these states, one after the other; the last stays. */
function dependencies(
  states: State[],
  follow: (signal: AbortSignal) => AsyncGenerator<StoredEvent, void>,
): ApiDependencies {
  let reads = 0;
  const row = (): object => {
    const state = states[Math.min(reads++, states.length - 1)];
    return runRow({
      run_id: runId,
      agent_id: runId,
      agent_version: 1,
      state,
      input_tokens: 0,
      output_tokens: 0,
      messages_of_thread: null,
    });
  };
  // Only these are used, by the repository that reads a run.
  const read = async () => [row()];
  const tx = { tenantId: principal.tenantId, query: read } as unknown as TenantTx;
  return {
    envelope: createEnvelope([]),
    admission: createAdmission(nothingAllowed, createEnvelope([])),
    furnishTenant: async () => undefined,
    context: createRunsContext({
      db: {
        driver: "postgres",
        tenant: (_tenantId, work) => work(tx),
        system: () => Promise.reject(new Error("not used")),
        close: async () => undefined,
      },
      ...inProcessAdapters(),
      clock: systemClock,
      newId: () => runId,
    }),
    follower: { follow: (_run, { signal }) => follow(signal), close: async () => undefined },
    registry: createPluginRegistry([]),
    environment: {},
    usesRedis: false,
    openRequests: createOpenRequests(),
    streams: { heartbeatMs: 1, stallMs: 1, memory: createReaderMemory(1) },
  };
}

const event = (type: StoredEvent["type"]): StoredEvent => ({ id: "1-1", type, data: "{}" });
const never = new AbortController().signal;

describe("waitForRun", () => {
  it.each(["ended", "waiting"] as const)("answers at once for a run that is %s", async (state) => {
    const api = dependencies([state], () => {
      throw new Error("followed");
    });
    expect(await waitForRun(api, principal, runId, { signal: never })).toMatchObject({
      run: { state },
    });
  });

  it("passes over a pause from which the run went on", async () => {
    const api = dependencies(["queued", "running", "ended"], async function* () {
      yield event("run.paused");
      yield event("run.resumed");
      yield event("run.completed");
    });
    expect(await waitForRun(api, principal, runId, { signal: never })).toMatchObject({
      run: { state: "ended" },
    });
  });

  it("answers when the run begins to wait for a person", async () => {
    let freed = false;
    const api = dependencies(["running", "waiting"], async function* () {
      try {
        yield event("run.started");
        yield event("run.paused");
        throw new Error("read on");
      } finally {
        freed = true;
      }
    });
    expect(await waitForRun(api, principal, runId, { signal: never })).toMatchObject({
      run: { state: "waiting" },
    });
    expect(freed).toBe(true);
  });

  it("frees its reader when the client goes away or the server closes", async () => {
    const client = new AbortController();
    let freed = false;
    const api = dependencies(["running"], async function* (signal) {
      yield event("run.started");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      freed = true;
    });
    const waiting = waitForRun(api, principal, runId, { signal: client.signal });
    setImmediate(() => client.abort());
    await expect(waiting).rejects.toMatchObject({
      code: "service_unavailable",
      retryAfterSeconds: 1,
    });
    expect(freed).toBe(true);
  });
});
