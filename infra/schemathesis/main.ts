import { join } from "node:path";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { installSchemathesis } from "./install-schemathesis.ts";
import { runSchemathesis } from "./run-schemathesis.ts";
import { startServer } from "./start-server.ts";
import { HELP, walkArguments, type WalkArguments } from "./walk-arguments.ts";
import { closingLines, requestsOf, type Walked } from "./walk-report.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A machine that is busy with something else takes longer for as many requests. */
const ROUNDS_MAX = 3;

async function walk({ seconds, requests, seed, url }: WalkArguments): Promise<number> {
  const packages = await installSchemathesis(process.env, say);
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder("schemathesis");
  stack.defer(() => folder.remove());
  const server = url === undefined ? await startServer(stack) : { url, faults: async () => [] };
  say(`schemathesis: ${seconds} s against ${server.url}, --seed ${seed}`);

  // Where one breaks off, the other does not go on alone.
  const stopping = new AbortController();
  stack.defer(() => stopping.abort());
  // Making a request costs it three times what answering costs us: two walk side by side. What the first
  // phases send hangs on no seed, so one sends it.
  const random = ["fuzzing", "stateful"];
  const round = (nth: number, roundSeconds: number): Promise<Walked[number]>[] =>
    [nth === 0 ? ["examples", "coverage", ...random] : random, random].map((phases, index) => {
      const walker = 2 * nth + index;
      return runSchemathesis({
        packages,
        url: server.url,
        seconds: roundSeconds,
        // A walker counts its own up by one each time it has been through all operations.
        seed: seed + walker * 1_000,
        phases,
        folder: join(folder.path, `walker-${walker}`),
        isShown: index === 0,
        signal: stopping.signal,
      });
    });
  const walked = await Promise.all(round(0, seconds));
  const isShort = () => walked.every(({ code }) => code === 0) && requestsOf(walked) < requests;
  for (let nth = 1; nth < ROUNDS_MAX && isShort(); nth += 1) {
    // As long as the missing ones take at the rate of the first, and a fifth more; a walker needs half the time
    // to come to all operations.
    const first = Math.max(1, requestsOf(walked.slice(0, 2)));
    const missing = requests - requestsOf(walked);
    const more = Math.ceil(Math.min(1, Math.max(0.5, (1.2 * missing) / first)) * seconds);
    say(`${missing} requests are missing: ${more} s more`);
    walked.push(...(await Promise.all(round(nth, more))));
  }
  const faults = await server.faults();
  for (const fault of faults) say(fault);
  const closing = closingLines(walked, { faults, seed, requests });
  for (const line of closing.lines) say(line);
  return closing.failed;
}

try {
  const asked = walkArguments(process.argv.slice(2));
  if (asked === "help") say(HELP);
  else process.exitCode = (await walk(asked)) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
