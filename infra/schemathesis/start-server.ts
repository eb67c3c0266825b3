import { migrate } from "@llamaagent/db";
import { startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { startScaledProcesses } from "@llamaagent/testing/server/scaled-processes";
import { startPostgres } from "@llamaagent/testing/services/postgres";
import { startRedis } from "@llamaagent/testing/services/redis";

export interface WalkedServer {
  url: string;
  /** What of it has ended, and its last words. */
  faults(): Promise<string[]>;
}

/** An API and a worker on stores and a model of their own, which `stack` closes. */
export async function startServer(stack: AsyncDisposableStack): Promise<WalkedServer> {
  // One after the other: what runs is closed where the next does not start.
  const postgres = await startPostgres();
  stack.defer(() => postgres.close());
  const redis = await startRedis();
  stack.defer(() => redis.close());
  const model = await startFakeOpenAi({ script: [{ text: "An answer." }] });
  stack.defer(() => model.close());
  await migrate({ url: postgres.url });
  const processes = await startScaledProcesses({
    apis: 1,
    workers: 1,
    env: {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: "fake-key",
    },
  });
  stack.defer(() => processes.close());
  const [url] = processes.urls;
  if (url === undefined) throw new Error("there is one API");
  return {
    url,
    async faults() {
      const ended = await Promise.all(
        [...processes.apis, ...processes.workers].map(async ({ exited, lines }) => {
          const end = await Promise.race([exited, Promise.resolve()]);
          return end ? [`a process ended (${end.signal ?? end.code})`, ...lines.slice(-20)] : [];
        }),
      );
      const ready = await fetch(`${url}/health/ready`).then(
        ({ status }) => (status === 200 ? [] : [`/health/ready answers ${status}`]),
        (error: unknown) => [`/health/ready: ${String(error)}`],
      );
      return [...ended.flat(), ...ready];
    },
  };
}
