import { type Environment, readSettings } from "@llamaagent/core";
import {
  chooseDefaultModel,
  DEFAULT_OPENAI_BASE_URL,
  OFFLINE_MODEL,
  openaiSettings,
} from "@llamaagent/models/manifest";
import { type CheckResult, fail, ok, reasonOf, warn } from "./check.ts";

/** The model of agents that name none, and whether its server answers; no model is called. */
export async function checkModel(env: Environment): Promise<CheckResult> {
  const model = await chooseDefaultModel(env);
  if (model === OFFLINE_MODEL)
    return warn(
      "model",
      `${OFFLINE_MODEL}: quotes passages, does not think`,
      "set OPENAI_API_KEY, or OPENAI_BASE_URL for another server, or start Ollama on this machine",
    );
  if (!model.startsWith("openai/")) return ok("model", model); // its server was asked just now
  const settings = readSettings(openaiSettings, env);
  const base = (settings.OPENAI_BASE_URL ?? DEFAULT_OPENAI_BASE_URL).replace(/\/+$/, "");
  const key = settings.OPENAI_API_KEY;
  try {
    const response = await fetch(`${base}/models`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (response.ok) return ok("model", `${model}; ${base} answers`);
    if (response.status === 401 || response.status === 403)
      return fail("model", `${base} refuses the key (${response.status})`, "check OPENAI_API_KEY");
    // Some compatible servers list no models.
    return warn("model", `${model}; ${base}/models answers ${response.status}`, "try a run");
  } catch (error) {
    return fail("model", `${base} does not answer: ${reasonOf(error)}`, "check OPENAI_BASE_URL");
  }
}
