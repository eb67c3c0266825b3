import { type Environment, isAppError, loadRegistry, type PluginRegistry } from "@llamaagent/core";
import { createPostgres, postgresOptions } from "@llamaagent/db";
import { builtIns } from "@llamaagent/worker";
import { type CheckResult, fail, ok, reasonOf, warn } from "./check.ts";
import { checkCertificate } from "./check-certificate.ts";
import { checkDataDirectory } from "./check-data-directory.ts";
import { checkDatabase } from "./check-database.ts";
import { checkKeys } from "./check-keys.ts";
import { checkMasterKeys } from "./check-master-keys.ts";
import { checkModel } from "./check-model.ts";
import { checkRedis } from "./check-redis.ts";
import { checkTransport } from "./check-transport.ts";
import { checkWorkers } from "./check-workers.ts";
import type { Facts } from "./promises/facts.ts";
import { type Judgement, judgePromises } from "./promises/judge-promises.ts";
import { readTopology, type Topology } from "./read-topology.ts";

export interface Examination {
  checks: CheckResult[];
  /** Absent where the services could not be asked. */
  promises?: Judgement[];
}

/** Every check that makes sense here, one that fails keeps no other from being made; then what they mean. */
export async function examine(env: Environment): Promise<Examination> {
  const topology = readTopology(env);
  const checks = [checkNode(process.versions.node), ...topology.faults];
  let registry: PluginRegistry | undefined;
  if (topology.settings) {
    const plugins = await checkPlugins(topology.settings.LLAMAAGENT_PLUGINS);
    checks.push(plugins.result);
    registry = plugins.registry;
  }
  // Faults of the model's settings are among those of the environment, where that was read.
  if (topology.settings || topology.kind === "unclear")
    checks.push(await checkModel(env).catch((error: unknown) => settingsFault("model", error)));
  if (topology.settings)
    checks.push(
      await checkMasterKeys(topology.kind, topology.settings),
      await checkCertificate(topology.settings, new Date()),
      checkTransport(topology.settings),
    );
  const stores = await checkStores(topology, registry);
  checks.push(...stores.checks);
  return { checks, ...(stores.facts ? { promises: judgePromises(stores.facts) } : {}) };
}

function checkNode(version: string): CheckResult {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const advice = "run the command by npx or an npm script, which bring Node 24";
  if (major < 24 || (major === 24 && minor < 9))
    return fail("node", `${version} is too old`, advice);
  return major === 24
    ? ok("node", version)
    : warn("node", `${version}: tested with 24 only`, advice);
}

async function checkPlugins(
  specifiers: readonly string[],
): Promise<{ result: CheckResult; registry?: PluginRegistry }> {
  try {
    const registry = await loadRegistry(builtIns, specifiers, process.cwd());
    const found = specifiers.length === 0 ? "none" : specifiers.join(", ");
    return { registry, result: ok("plug-ins", found) };
  } catch (error) {
    const advice = "mend or remove what LLAMAAGENT_PLUGINS names";
    return { result: fail("plug-ins", reasonOf(error), advice) };
  }
}

interface StoreFindings {
  checks: CheckResult[];
  facts?: Facts;
}

async function checkStores(
  { kind, settings }: Topology,
  registry: PluginRegistry | undefined,
): Promise<StoreFindings> {
  if (kind === "unclear" || settings === undefined) return { checks: [] };
  if (kind === "embedded") return checkDataDirectory(settings.LLAMAAGENT_DATA_DIR);
  const database = createPostgres(postgresOptions(settings));
  try {
    const { checks, facts } = await checkDatabase(database);
    const redis = await checkRedis(settings.REDIS_URL);
    if (facts === undefined) return { checks: [...checks, ...redis] };
    const keys = await checkKeys(database, settings);
    const { check, ...workers } = await checkWorkers(database, registry);
    return {
      checks: [...checks, keys, check, ...redis],
      facts: { topology: "scaled", ...workers, ...facts },
    };
  } finally {
    await database.close();
  }
}

function settingsFault(check: string, error: unknown): CheckResult {
  if (isAppError(error, "invalid_configuration"))
    return fail(check, reasonOf(error), "correct these variables");
  throw error;
}
