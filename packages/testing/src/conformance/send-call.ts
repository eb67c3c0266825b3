import { type Answer, send } from "../api/send.ts";
import type { OperationRequest } from "./call.ts";
import type { ReferenceOperation } from "./read-reference.ts";

/** A list in the query is its name repeated, as OpenAPI has it by default. */
export function sendCall(
  url: string,
  { method, path: route }: ReferenceOperation,
  { path = {}, query = {}, body }: OperationRequest,
): Promise<Answer> {
  const filled = route.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? ""),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) search.append(name, String(one));
  return send(url, {
    method,
    path: search.size === 0 ? filled : `${filled}?${search.toString()}`,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
}
