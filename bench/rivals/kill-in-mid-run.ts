import { setTimeout as sleep } from "node:timers/promises";
import type { KillableContender } from "./contender.ts";
import { answerTo } from "./echo-model.ts";

export interface Survival {
  /** Runs whose POST was answered with 2xx before the kill. */
  acknowledged: number;
  /** Of these, after the new start: has its right answer, is not known any more, has no end. */
  answered: number;
  unknown: number;
  withoutEnd: number;
  /** From the new start to the last answer. */
  secondsToLastAnswer: number;
}

interface AcknowledgedRun {
  question: string;
  path: string;
}

const POSTS_A_SECOND = 100;
const SECONDS_UNTIL_KILL = 3;
const PATIENCE_SECONDS = 90;

/**
 * Starts runs in the background, 100 a second, kills all of the server's processes at once (kill -9)
 * while some are at work, starts them again, and looks what has become of each acknowledged run.
 */
export async function killInMidRun(contender: KillableContender): Promise<Survival> {
  const acknowledged: AcknowledgedRun[] = [];
  const posts: Promise<void>[] = [];
  let isDead = false;
  const killAt = performance.now() + SECONDS_UNTIL_KILL * 1000;
  for (let count = 0; performance.now() < killAt; count += 1) {
    posts.push(
      post(contender, `Question ${count} before the kill`).then(
        (run) => void acknowledged.push(run),
        (error: unknown) => {
          if (!isDead) throw error;
        },
      ),
    );
    await sleep(1000 / POSTS_A_SECOND);
  }
  isDead = true;
  await contender.killServers();
  await Promise.all(posts);

  await contender.startAgain();
  const startedAt = performance.now();
  let open = acknowledged;
  let unknown = 0;
  let secondsToLastAnswer = 0;
  while (open.length > 0 && performance.now() - startedAt < PATIENCE_SECONDS * 1000) {
    const still: AcknowledgedRun[] = [];
    for (const run of open) {
      const found = await look(contender, run);
      if (found === "open") still.push(run);
      if (found === "unknown") unknown += 1;
      if (found === "answered") secondsToLastAnswer = (performance.now() - startedAt) / 1000;
    }
    open = still;
    await sleep(200);
  }
  return {
    acknowledged: acknowledged.length,
    answered: acknowledged.length - unknown - open.length,
    unknown,
    withoutEnd: open.length,
    secondsToLastAnswer,
  };
}

async function post(contender: KillableContender, question: string): Promise<AcknowledgedRun> {
  const { background } = contender;
  const response = await fetch(contender.url + background.path, {
    method: "POST",
    headers: { "content-type": "application/json", ...contender.headers },
    body: JSON.stringify(background.body(question)),
  });
  if (!response.ok) throw new Error(`${contender.name} answered ${response.status}`);
  return { question, path: background.runPath(await response.json()) };
}

async function look(
  contender: KillableContender,
  { question, path }: AcknowledgedRun,
): Promise<"answered" | "open" | "unknown"> {
  const response = await fetch(contender.url + path, { headers: contender.headers });
  const text = await response.text();
  if (response.status === 404) return "unknown";
  if (!response.ok) throw new Error(`${contender.name} answered ${response.status}: ${text}`);
  const answer = contender.background.answer(JSON.parse(text));
  if (answer === undefined) return "open";
  if (answer !== answerTo(question)) throw new Error(`'${question}' has the answer '${answer}'`);
  return "answered";
}
