import { startPostgres } from "@llamaagent/testing/services/postgres";
import { startRedis } from "@llamaagent/testing/services/redis";

/**
 * Runs both until a signal, then stops them and removes their data. One that ends before leaves the other
 * as it is: whoever stops Redis to see what happens wants to keep what Postgres holds. With fsync, as
 * people run it: `llamaagent doctor` judges it as theirs.
 */
export async function startServices(say: (line: string) => void): Promise<void> {
  const [postgres, redis] = await Promise.all([startPostgres({ fsync: true }), startRedis()]);
  say(`export TEST_DATABASE_URL=${postgres.url} TEST_REDIS_URL=${redis.url}`);
  say(`export DATABASE_URL=${postgres.url} REDIS_URL=${redis.url}`);
  say("Ctrl-C ends both and removes their data.");
  await new Promise<void>((resolve) => {
    // Kept to the end: npm passes on the Ctrl-C that the terminal has sent already.
    process.on("SIGINT", () => resolve()).on("SIGTERM", () => resolve());
    void postgres.process.exited.then(() => say("Postgres has ended."));
    void redis.process.exited.then(() =>
      say(`Redis has ended. Another: ${redisCommand(redis.url)}`),
    );
  });
  await Promise.all([postgres.close(), redis.close()]);
}

/** As started here: nothing is kept on a disk. */
const redisCommand = (url: string): string =>
  `redis-server --port ${new URL(url).port} --save '' --appendonly no --maxmemory-policy noeviction`;
