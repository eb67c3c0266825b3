/**
 * What the scripts read from the environment, beside their own: `k6 run -e NAME=VALUE script.js`, or
 * variables of the shell. Durations are written as k6 writes them: 90s, 5m, 1h30m.
 */

/** Comma-separated where several API replicas stand behind no load balancer: each is asked in turn. */
export const replicas = (__ENV.LLAMAAGENT_URL || "http://localhost:8000")
  .split(",")
  .map((url) => url.trim().replace(/\/+$/, ""));

export const apiKey = __ENV.LLAMAAGENT_API_KEY || "";

/** Name or id of the agent that all runs are for. */
export const agent = __ENV.LLAMAAGENT_AGENT || "default";

export const input = __ENV.INPUT || "In one sentence: what is a load test for?";

/** Of a run, from its admission to its end: the model's time is in it. */
export const maxRunSeconds = numberOf("MAX_RUN_SECONDS", 60);

/** Of requests that wait for no model. */
export const maxAnswerMs = numberOf("MAX_ANSWER_MS", 1000);

/** Longer than a run may take: one that takes longer is measured, and fails its threshold. */
export const timeout = `${maxRunSeconds * 2}s`;

/**
 * @param {string} name
 * @param {number} otherwise
 */
export function numberOf(name, otherwise) {
  const text = __ENV[name];
  if (text === undefined || text === "") return otherwise;
  if (!/^[1-9]\d*$/.test(text))
    throw new Error(`${name} is to be a whole number from 1 on, not '${text}'`);
  return Number(text);
}

/**
 * @param {string} name
 * @param {string} otherwise
 */
export function durationOf(name, otherwise) {
  const text = __ENV[name] || otherwise;
  if (!/^(\d+h)?(\d+m)?(\d+s)?$/.test(text))
    throw new Error(`${name} is to be a duration like 90s, 5m or 1h30m, not '${text}'`);
  return text;
}

/**
 * Of durations as `durationOf` gives them, together.
 * @param {string[]} durations
 */
export function totalSeconds(...durations) {
  const parts = durations.join("").match(/\d+[hms]/g) || [];
  const unitSeconds = { h: 3600, m: 60, s: 1 };
  return parts.reduce((total, part) => {
    const unit = /** @type {"h" | "m" | "s"} */ (part.slice(-1));
    return total + parseInt(part, 10) * unitSeconds[unit];
  }, 0);
}
