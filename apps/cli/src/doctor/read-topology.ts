import { scaledApiSettings, withGuardedHost } from "@llamaagent/api";
import { type Environment, isAppError, readSettings } from "@llamaagent/core";
import { scaledWorkerSettings } from "@llamaagent/worker";
import { z } from "zod";
import { type EmbeddedSettings, embeddedSettings } from "../embedded/embedded-settings.ts";
import { type CheckResult, fail, ok } from "./check.ts";

const scaledSettings = withGuardedHost(
  z.object({ ...scaledApiSettings.shape, ...scaledWorkerSettings.shape }),
);
type ScaledSettings = z.infer<typeof scaledSettings>;

/** Which topology the environment asks for; settings are absent where they have faults. */
export type Topology = { faults: CheckResult[] } & (
  | { kind: "embedded"; settings?: EmbeddedSettings }
  | { kind: "scaled"; settings?: ScaledSettings }
  | { kind: "unclear"; settings?: undefined }
);

export function readTopology(env: Environment): Topology {
  const isGiven = (name: string) => Boolean(env[name] || env[`${name}_FILE`]);
  const names = ["DATABASE_URL", "REDIS_URL"];
  const given = names.filter(isGiven);
  if (given.length === 1) {
    const missing = names.filter((name) => !isGiven(name)).join();
    const fault = `${given.join()} is set, ${missing} is not`;
    const advice = "set both for api and worker, none for the embedded server (npm start)";
    return { kind: "unclear", faults: [fail("topology", fault, advice)] };
  }
  return given.length === 0
    ? {
        kind: "embedded",
        ...parsed("embedded (npm start)", () => readSettings(embeddedSettings, env)),
      }
    : { kind: "scaled", ...parsed("Postgres and Redis", () => readSettings(scaledSettings, env)) };
}

function parsed<T>(topology: string, read: () => T): { faults: CheckResult[]; settings?: T } {
  try {
    return {
      settings: read(),
      faults: [ok("topology", topology), ok("environment", "no faults")],
    };
  } catch (error) {
    if (!isAppError(error, "invalid_configuration")) throw error;
    const faults = error.message
      .split("\n")
      .map((fault) => fail("environment", fault, "see .env.example"));
    return { faults: [ok("topology", topology), ...faults] };
  }
}
