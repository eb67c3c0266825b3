export { chooseDefaultModel, OFFLINE_MODEL } from "./default-model.ts";
export { modelsPlugin } from "./models-plugin.ts";
export { modelFault } from "./resolve-provider.ts";
export { ollamaSettings, openaiSettings } from "./settings.ts";
