import { startPostgres } from "@llamaagent/testing/services/postgres";
import { startRedis } from "@llamaagent/testing/services/redis";

/** Runs both until a signal, then stops them and removes their data. */
export async function startServices(say: (line: string) => void): Promise<void> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  say(`export TEST_DATABASE_URL=${postgres.url} TEST_REDIS_URL=${redis.url}`);
  say(`export DATABASE_URL=${postgres.url} REDIS_URL=${redis.url}`);
  say("Ctrl-C ends both and removes their data.");
  await new Promise<void>((resolve) => {
    // Kept to the end: npm passes on the Ctrl-C that the terminal has sent already.
    process.on("SIGINT", () => resolve()).on("SIGTERM", () => resolve());
    void Promise.race([postgres.process.exited, redis.process.exited]).then(() => resolve());
  });
  await Promise.all([postgres.close(), redis.close()]);
}
