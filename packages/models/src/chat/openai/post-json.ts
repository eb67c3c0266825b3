import { type Dispatcher, request } from "undici";
import { modelConnections } from "./connections.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 20;

interface Posting {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export type HttpAnswer = Pick<Dispatcher.ResponseData, "statusCode" | "headers" | "body">;

/**
 * The answer once its head is there, whatever its status. Redirects are followed as fetch follows
 * them (https://fetch.spec.whatwg.org/#http-redirect-fetch). Aborted, it rejects with the signal's
 * reason, also while the body is read.
 */
export async function postJson(posting: Posting, signal: AbortSignal): Promise<HttpAnswer> {
  const { body } = posting;
  const common = { signal, dispatcher: modelConnections() };
  let { url, headers } = posting;
  let isPost = true;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer: HttpAnswer = await request(url, {
      ...common,
      ...(isPost
        ? { method: "POST", body, headers: { ...headers, "content-type": "application/json" } }
        : { method: "GET", headers }),
    });
    // A body that is given up errs once more, when nobody reads it.
    answer.body.on("error", () => {});
    const { location } = answer.headers;
    if (location === undefined || !REDIRECTS.has(answer.statusCode)) return answer;
    await answer.body.dump();
    const target = new URL(location, url);
    if (target.origin !== url.origin) headers = withoutKey(headers);
    // Only 307 and 308 say that the new place takes the same request.
    isPost &&= answer.statusCode >= 307;
    url = target;
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

/** The key is for the server that it was given for. */
function withoutKey(headers: Posting["headers"]): Posting["headers"] {
  const { authorization: _, ...rest } = headers;
  return rest;
}
