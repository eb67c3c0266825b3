import { expect, it } from "vitest";
import { z } from "zod";
import { isAppError } from "./errors.ts";
import { pluginSettings } from "./plugin-settings.ts";
import { readConfiguration } from "./read-configuration.ts";

const schema = z.object({ ...pluginSettings.shape, SLOTS: z.coerce.number().int().default(1) });

function read(env: Record<string, string>, builtIns = [{}]) {
  return readConfiguration(schema, { env, builtIns, directory: import.meta.dirname });
}

async function fault(env: Record<string, string>) {
  const error: unknown = await read(env).catch((reason: unknown) => reason);
  return isAppError(error) ? { code: error.code, lines: error.message.split("\n") } : undefined;
}

it("reads the settings and the plug-ins", async () => {
  const { settings, registry } = await read({ SLOTS: "2" });
  expect(settings).toEqual({ SLOTS: 2, LLAMAAGENT_PLUGINS: [] });
  expect([...registry.tools.keys()]).toEqual([]);
});

it("lists every fault of the settings and of every plug-in at once", async () => {
  const env = { SLOTS: "x", LLAMAAGENT_PLUGINS: "./nope.ts,./errors.ts" };
  expect(await fault(env)).toEqual({
    code: "invalid_configuration",
    lines: [
      "SLOTS: must be a whole number",
      expect.stringContaining("LLAMAAGENT_PLUGINS: ./nope.ts: cannot be imported: "),
      "LLAMAAGENT_PLUGINS: ./errors.ts: has no export named 'plugin'",
    ],
  });
});

it("tells plug-ins that are alone at fault from settings", async () => {
  expect(await fault({ LLAMAAGENT_PLUGINS: "./errors.ts,./event-id.ts" })).toEqual({
    code: "invalid_plugin",
    lines: [
      "./errors.ts: has no export named 'plugin'",
      "./event-id.ts: has no export named 'plugin'",
    ],
  });
  const both = { LLAMAAGENT_PLUGINS: "./errors.ts", LLAMAAGENT_PLUGINS_FILE: "/nowhere" };
  expect(await fault(both)).toEqual({
    code: "invalid_configuration",
    lines: ["LLAMAAGENT_PLUGINS: both LLAMAAGENT_PLUGINS and LLAMAAGENT_PLUGINS_FILE are set"],
  });
});
