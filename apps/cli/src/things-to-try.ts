import { DEFAULT_URL } from "./client-settings.ts";

/** A session to paste; the agent `default` is there from the first start. */
export function thingsToTry(url: string, needsKey: boolean): string {
  const key = needsKey ? ` -H "authorization: Bearer $LLAMAAGENT_API_KEY"` : "";
  const server = url === DEFAULT_URL ? "" : `LLAMAAGENT_URL=${url} `;
  return `Try, in another terminal:
  curl${key} ${url}/tools
  curl${key} -N ${url}/runs/stream -H 'content-type: application/json' -d '{"input": "What is 6 * 7?"}'
  ${server}npx llamaagent run --file README.md "How do I use a real model?"
  npx llamaagent doctor
API: ${url}/docs, as OpenAPI: ${url}/openapi.json · stop: Ctrl-C`;
}
