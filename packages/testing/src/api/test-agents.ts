import { sendJson } from "./send.ts";

/** Agents of the test plugin's models, each named as its model. */
export async function createTestAgents(url: string, models: readonly string[]): Promise<void> {
  for (const name of models)
    await sendJson(url, "POST", "/agents", { name, model: `test/${name}` });
}
