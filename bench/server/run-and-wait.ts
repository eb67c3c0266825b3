import type { Pool } from "undici";
import { AGENT, AUTHORIZATION } from "./start-server.ts";

const body = JSON.stringify({ agent_id: AGENT, input: "Hello" });

/** One run, to its answer. */
export async function runAndWait(pool: Pool): Promise<void> {
  const { statusCode, body: answer } = await pool.request({
    path: "/runs/wait",
    method: "POST",
    headers: { "content-type": "application/json", authorization: AUTHORIZATION },
    body,
  });
  const text = await answer.text();
  if (statusCode !== 200 || !text.includes("An answer."))
    throw new Error(`POST /runs/wait answered ${statusCode}: ${text}`);
}
