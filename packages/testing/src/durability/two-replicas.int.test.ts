import { randomUUID } from "node:crypto";
import type { Run, Thread } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readEvents } from "../api/read-events.ts";
import { send, sendJson } from "../api/send.ts";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { type ScaledServer, startScaledServer } from "../server/scaled-server.ts";
import { reportFigures } from "./report-figures.ts";

const ROUNDS = 200;
const THREADS_AT_ONCE = 5;
const routes = ["/runs", "/runs/wait", "/runs/stream"] as const;
type Route = (typeof routes)[number];

/** What one of two requests for the same thread came to. */
interface Asked {
  input: string;
  /** Undefined where the answer says that the run was removed. */
  runId: string | undefined;
}

describe.runIf(inject("databaseUrl") && inject("redisUrl"))(
  "two requests at one instant on two replicas",
  () => {
    let model: FakeOpenAi;
    let server: ScaledServer;

    beforeAll(async () => {
      // Longer than the two are apart: neither has ended when the other comes.
      model = await startFakeOpenAi({ script: [{ text: "Done.", delayMs: 500 }] });
      server = await startScaledServer({
        apis: 2,
        workers: 2,
        env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "fake-key" },
      });
      await server.clients[0]?.agents.create({ name: "short", model: "openai/fake-model" });
    });
    afterAll(async () => {
      await server?.close();
      await model?.close();
    });

    const url = (replica: number): string => server.urls[replica] ?? "";

    async function ask(replica: number, route: Route, body: object): Promise<string | undefined> {
      if (route === "/runs/stream") {
        const { headers, events } = await readEvents(`${url(replica)}${route}`, body);
        expect(["run.completed", "run.cancelled"]).toContain(events.at(-1)?.event);
        return String(headers["content-location"]).slice("/runs/".length);
      }
      const answer = await sendJson(url(replica), "POST", route, body);
      if (answer.status === 404) return undefined;
      expect(answer.status).toBe(200);
      const { run = answer.json } = answer.json as { run?: Run };
      return (run as Run).run_id;
    }

    async function twoAtOnce(
      route: Route,
      multitask_strategy: "enqueue" | "interrupt" | "rollback",
    ): Promise<{ threadId: string; asked: Asked[] }> {
      const threadId = randomUUID();
      const asked = await Promise.all(
        [0, 1].map(async (replica) => {
          const input = randomUUID();
          const body = { agent_id: "short", thread_id: threadId, input, multitask_strategy };
          return { input, runId: await ask(replica, route, { ...body, if_not_exists: "create" }) };
        }),
      );
      return { threadId, asked };
    }

    /** The run once it has ended; undefined where it was removed. */
    async function ended(runId: string | undefined): Promise<Run | undefined> {
      if (runId === undefined) return undefined;
      const { status, json } = await send(url(0), { path: `/runs/${runId}/wait` });
      return status === 404 ? undefined : (json as { run: Run }).run;
    }

    async function wordsOf(threadId: string): Promise<unknown[]> {
      const { json } = await send(url(1), { path: `/threads/${threadId}` });
      return (json as Thread).messages.map(({ content }) => content);
    }

    async function inRounds(count: number, round: (route: Route) => Promise<void>): Promise<void> {
      for (let n = 0; n < count; n += THREADS_AT_ONCE)
        await Promise.all(
          Array.from({ length: THREADS_AT_ONCE }, (_, index) =>
            round(routes[(n + index) % routes.length] ?? "/runs"),
          ),
        );
    }

    it(`interrupt: one wins, the other has its stored end, ${ROUNDS} times`, async () => {
      const begun = { losers: 0 };
      await inRounds(ROUNDS, async (route) => {
        const { threadId, asked } = await twoAtOnce(route, "interrupt");
        const runs = await Promise.all(asked.map(({ runId }) => ended(runId)));
        expect(new Set(runs.map((run) => run?.stop_reason))).toEqual(
          new Set(["cancelled", "completed"]),
        );
        const winner = runs.findIndex((run) => run?.stop_reason === "completed");
        const loser = runs.find((run) => run?.stop_reason === "cancelled");
        expect(loser).toMatchObject({ state: "ended", ended_at: expect.any(String) });
        if (loser?.started_at !== undefined) begun.losers += 1;
        expect(await wordsOf(threadId)).toEqual([asked[winner]?.input, "Done."]);
      });
      // Only these could have left a word; on two cores there are some 65.
      expect(begun.losers).toBeGreaterThanOrEqual(ROUNDS / 20);
      reportFigures(
        `two interrupts at one instant: ${ROUNDS} rounds, ${begun.losers} losers had begun`,
      );
    }, 180_000);

    it("rollback: one wins, nothing is left of the other", async () => {
      await inRounds(30, async (route) => {
        const { threadId, asked } = await twoAtOnce(route, "rollback");
        const runs = await Promise.all(asked.map(({ runId }) => ended(runId)));
        const winner = runs.findIndex((run) => run !== undefined);
        expect(runs.filter((run) => run !== undefined)).toMatchObject([
          { stop_reason: "completed" },
        ]);
        expect(await wordsOf(threadId)).toEqual([asked[winner]?.input, "Done."]);
      });
    }, 60_000);

    it("reject: one is taken, the other refused", async () => {
      await inRounds(30, async (route) => {
        const body = {
          agent_id: "short",
          thread_id: randomUUID(),
          input: "go",
          if_not_exists: "create",
          multitask_strategy: "reject",
        };
        const answers = await Promise.all(
          [0, 1].map((replica) =>
            send(url(replica), {
              method: "POST",
              path: route,
              headers: { "content-type": "application/json" },
              body: JSON.stringify(body),
            }),
          ),
        );
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
      });
    }, 60_000);

    it("enqueue: both have their turn, one after the other", async () => {
      await inRounds(30, async (route) => {
        const { threadId, asked } = await twoAtOnce(route, "enqueue");
        const runs = await Promise.all(asked.map(({ runId }) => ended(runId)));
        expect(runs).toMatchObject([{ stop_reason: "completed" }, { stop_reason: "completed" }]);
        const words = await wordsOf(threadId);
        const [first] = words;
        const inputs = asked.map(({ input }) => input).toSorted((a) => (a === first ? -1 : 1));
        expect(words).toEqual(inputs.flatMap((input) => [input, "Done."]));
      });
    }, 90_000);
  },
);
