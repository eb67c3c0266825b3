import { globSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../server/running-server.ts";

export interface K6Arguments {
  scripts: URL[];
  seconds: number;
  /** For `__ENV`. */
  env: Record<string, string>;
  /** Of a server that runs; undefined: one is started. */
  url: string | undefined;
  help: boolean;
}

const SECONDS = 30;

export const HELP = `Runs the k6 scripts of infra/k6 without k6: their options, checks and thresholds, in Node, with doubles
of k6's modules. Shows that the scripts work; how fast a server is, k6 itself measures
(docs/load-testing.md).

Usage: npm run test:k6 -- [options] [script …]

  script           a name from infra/k6 (runs, stream, soak, spike) or a file; default: all of infra/k6
  --seconds N      the load of each is shortened to so many; default ${SECONDS}
  --env NAME=VALUE for __ENV, over the environment; repeat it for more (also -e)
  --url URL        a server that runs already, or several, comma-separated; LLAMAAGENT_API_KEY and
                   LLAMAAGENT_AGENT as for k6. Default: two API and two worker processes with a fake
                   model, on a Postgres and a Redis of their own (npm run services -- fetch, once, and
                   redis-server on the PATH)
  --help           this text

Examples:

  npm run test:k6
  npm run test:k6 -- stream --seconds 10
  npm run test:k6 -- spike -e PEAK_RATE=100

Exit codes are k6's: 0, 99 where a threshold failed, 104 for options that cannot be used, 107 where the
script threw, 108 where it aborted; and 2 for wrong arguments. Stricter than k6: a threshold over nothing
measured has failed, and what an iteration throws is 107.
`;

/** The fault in words where the arguments cannot be used. */
export function k6Arguments(
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
): K6Arguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: "string", default: String(SECONDS) },
        env: { type: "string", short: "e", multiple: true, default: [] },
        url: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return {
      scripts: positionals.length === 0 ? allScripts() : positionals.map(findScript),
      seconds: wholeSeconds(values.seconds),
      env: { ...defined(env), ...Object.fromEntries(values.env.map(variable)) },
      url: values.url,
      help: values.help,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n(--help shows how it is used)`;
  }
}

function allScripts(): URL[] {
  return globSync("infra/k6/*.js", { cwd: repositoryRoot })
    .sort()
    .map((path) => pathToFileURL(resolve(repositoryRoot, path)));
}

function findScript(given: string): URL {
  const named = allScripts().find(({ pathname }) => basename(pathname, ".js") === given);
  if (named !== undefined) return named;
  const [file] = globSync(given);
  if (file === undefined) throw new Error(`there is no script '${given}'`);
  return pathToFileURL(resolve(file));
}

function wholeSeconds(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Error(`--seconds is to be a whole number from 1 on, not '${text}'`);
  return Number(text);
}

function variable(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new Error(`--env is to be NAME=VALUE, not '${text}'`);
  return [name, value];
}

function defined(env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
