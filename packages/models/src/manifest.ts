export { type InstalledProvider, installedProviders } from "./installed-providers.ts";
export { chooseDefaultModel, OFFLINE_MODEL } from "./default-model.ts";
export { parseModelId } from "./model-id.ts";
export { modelsPlugin } from "./models-plugin.ts";
export { modelFault } from "./resolve-provider.ts";
export {
  DEFAULT_OPENAI_BASE_URL,
  modelSettings,
  ollamaSettings,
  openaiSettings,
} from "./settings.ts";
