import type { ApiDependencies } from "../../api-dependencies.ts";
import type { Readiness } from "./health.schemas.ts";

/** A probe that hangs is as bad as one that fails. */
const DATABASE_MS = 2_000;

export async function readiness({ context, usesRedis }: ApiDependencies): Promise<Readiness> {
  const isUp = await answersInTime(context.db.system((tx) => tx.query("SELECT 1")));
  return {
    status: isUp ? "ok" : "unavailable",
    database: isUp ? "up" : "down",
    redis: usesRedis ? (context.tail.isLive() ? "up" : "down") : "not_used",
  };
}

async function answersInTime(query: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_MS);
  });
  // A failure is the answer that was asked for.
  const answered = query.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
