import { DEFAULT_URL } from "./client-settings.ts";

interface Started {
  url: string;
  needsKey: boolean;
  /** Where it was said. */
  dataDir?: string | undefined;
}

/** A session to paste; the agent `default` is there from the first start. */
export function thingsToTry({ url, needsKey, dataDir }: Started): string {
  const key = needsKey ? ` -H "authorization: Bearer $LLAMAAGENT_API_KEY"` : "";
  const folder = dataDir === undefined ? "" : `LLAMAAGENT_DATA_DIR='${dataDir}' `;
  const server = url === DEFAULT_URL ? "" : `LLAMAAGENT_URL=${url} `;
  return `Try, in another terminal:
  curl${key} ${url}/tools
  curl${key} -N ${url}/runs/stream -H 'content-type: application/json' -d '{"input": "What is 6 * 7?"}'
  ${server}npx llamaagent run --file README.md "How do I use a real model?"
  ${folder}npx llamaagent doctor
API: ${url}/docs, as OpenAPI: ${url}/openapi.json · stop: Ctrl-C`;
}
