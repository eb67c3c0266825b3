import type { Environment } from "@llamaagent/core";
import type { CliContext } from "../cli-context.ts";
import { CliError, type ExitCode } from "../cli-error.ts";
import { modelHint } from "../model-hint.ts";
import { thingsToTry } from "../things-to-try.ts";
import { untilToldToStop } from "./until-told-to-stop.ts";

/** The embedded server, until it is told to stop. */
export async function devCommand({ env, terminal, signal }: CliContext): Promise<ExitCode> {
  refuseScaled(env);
  const [
    { createLogger, logOptions },
    { readEmbeddedConfiguration },
    { firstStartLine, startEmbedded },
    { goOnAfterStrayErrors },
    { asksForKeys },
  ] = await Promise.all([
    import("@llamaagent/observability"),
    import("../embedded/embedded-settings.ts"),
    import("../embedded/start-embedded.ts"),
    import("./go-on-after-stray-errors.ts"),
    import("@llamaagent/api"),
  ]);
  const { settings, registry } = await readEmbeddedConfiguration(env);
  const logger = createLogger(logOptions(settings));
  using _going = goOnAfterStrayErrors(logger);
  const embedded = await startEmbedded({
    settings,
    registry,
    env,
    logger,
    onFirstStart: () => terminal.note(firstStartLine(settings.LLAMAAGENT_DATA_DIR)),
  });
  terminal.note(
    `\nLlamaAgent is ready on ${embedded.url} (embedded: API, worker and database in this process)\n`,
    "bold",
  );
  const { configuredModel, defaultAgentModel } = embedded;
  terminal.note(`Database: ${settings.LLAMAAGENT_DATA_DIR} · model: ${configuredModel}\n`);
  const hint = modelHint(configuredModel);
  if (hint) terminal.note(`${hint}\n`, "yellow");
  // The first start chose it, perhaps before there was a key.
  if (defaultAgentModel !== undefined && defaultAgentModel !== configuredModel)
    terminal.note(
      `The agent "default" is on ${defaultAgentModel}. To change that: curl -X PATCH ${embedded.url}/agents/default -H 'content-type: application/json' -d '{"model": "${configuredModel}"}'\n`,
      "yellow",
    );
  const started = {
    url: embedded.url,
    needsKey: asksForKeys(settings),
    dataDir: env["LLAMAAGENT_DATA_DIR"],
  };
  terminal.note(`\n${thingsToTry(started)}\n`);
  return await untilToldToStop(signal, () => {
    terminal.note("\nStopping: steps under way end first …\n");
    return embedded.close();
  });
}

/** Databases that were given but not used would surprise. */
function refuseScaled(env: Environment): void {
  const given = ["DATABASE_URL", "REDIS_URL"].filter((name) => env[name] || env[`${name}_FILE`]);
  if (given.length === 0) return;
  throw new CliError(
    [
      `${given.join(" and ")} ${given.length > 1 ? "are" : "is"} set, but this command runs the embedded topology, which uses neither.`,
      "For Postgres and Redis: set both, then `npx llamaagent migrate`, `npx llamaagent api` and `npx llamaagent worker`.",
      "For the embedded server: unset them.",
    ].join("\n"),
  );
}
