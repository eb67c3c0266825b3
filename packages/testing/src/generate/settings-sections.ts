import { scaledApiSettings } from "@llamaagent/api";
import { clientSettings } from "@llamaagent/cli/client-settings";
import { embeddedSettings } from "@llamaagent/cli/embedded-settings";
import { ollamaSettings, openaiSettings } from "@llamaagent/models/manifest";
import { scaledWorkerSettings } from "@llamaagent/worker";
import type { SettingsSection } from "./environment-example.ts";

/** All that the programs read from the environment. */
export const settingsSections: readonly SettingsSection[] = [
  { title: "Models: OpenAI and what speaks like it", settings: openaiSettings },
  { title: "Models: Ollama", settings: ollamaSettings },
  { title: "Embedded: `npm start`, `llamaagent dev`", settings: embeddedSettings },
  { title: "Scaled: `llamaagent api`, besides the above", settings: scaledApiSettings },
  { title: "Scaled: `llamaagent worker`, besides the above", settings: scaledWorkerSettings },
  { title: "Client: `llamaagent run`, `llamaagent runs`", settings: clientSettings },
];
