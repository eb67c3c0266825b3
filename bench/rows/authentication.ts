import { createClient } from "@llamaagent/client";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { median } from "../measure/quartiles.ts";
import { measureRequests } from "../measure/request-rate.ts";
import { AGENT, AUTHORIZATION, startServer } from "../server/start-server.ts";

const jwtKeys = { LLAMAAGENT_JWT_KEYS: `bench:${"known-to-all-".repeat(4)}` };

/** What it costs to know who calls, and to limit that. */
export const authentication: Benchmark = {
  rows: [
    {
      id: "auth_key_cpu",
      what: "CPU of api, Postgres and Redis per GET /runs/{id} with an API key / where nobody is asked who calls",
      unit: "×",
      goal: { atMost: 1.3 },
    },
    {
      id: "auth_token_cpu",
      what: "the same with a token that was given for the key",
      unit: "×",
      goal: { atMost: 1.3 },
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const start = async (env: NodeJS.ProcessEnv) => {
      const server = await startServer({ workers: 0, model: "bench/0", env });
      begun.defer(() => server.close());
      const client = createClient({ url: server.url, apiKey: KNOWN_KEY });
      const { run_id: runId } = await client.runs.create({ agent_id: AGENT, input: "Hello" });
      return { server, client, path: `/runs/${runId}` };
    };
    const open = await start({ LLAMAAGENT_AUTH: "off" });
    const closed = await start(jwtKeys);
    const { access_token: token } = await closed.client.keys.createToken({
      expires_in_seconds: 3_600,
    });
    const { seconds } = rounds;
    const cpuOf = async ({ server, path }: typeof open, headers: Record<string, string>) => {
      const request = { path, method: "GET" as const, headers };
      const { url, pids } = server;
      return (await measureRequests({ url, request, seconds, pids })).microseconds;
    };
    const measured = await alternate(
      { ...rounds, units: "µs of CPU a request" },
      {
        nobody: () => cpuOf(open, {}),
        key: () => cpuOf(closed, { authorization: AUTHORIZATION }),
        token: () => cpuOf(closed, { authorization: `Bearer ${token}` }),
      },
    );
    const micros = (arm: keyof (typeof measured)[number]) =>
      `${median(measured.map((round) => round[arm])).toFixed(0)} µs`;
    const unasked = `${micros("nobody")} where nobody is asked`;
    return {
      auth_key_cpu: {
        perRound: measured.map((round) => round.key / round.nobody),
        detail: `${micros("key")} with a key; ${unasked}`,
      },
      auth_token_cpu: {
        perRound: measured.map((round) => round.token / round.nobody),
        detail: `${micros("token")} with a token; ${unasked}`,
      },
    };
  },
};
