import type { Sent } from "../api/send.ts";
import { bodyExample } from "./body-example.ts";
import type { OwnOperation, OwnSchemas } from "./own-operations.ts";
import { shownExample } from "./shown-example.ts";
import type { Named } from "./things-made.ts";

/**
 * What the document shows of an operation's call; where an id cannot be chosen, with the one `made` for it in
 * the place of the document's.
 */
export function exampleRequest(operation: OwnOperation, schemas: OwnSchemas, made: Named): Sent {
  const { method, path: template, parameters } = operation;
  let path = template;
  const query = new URLSearchParams(made.query);
  for (const parameter of parameters.filter(({ required }) => required)) {
    const { name } = parameter;
    const value = made.path?.[name] ?? String(shownExample(parameter, schemas));
    if (parameter.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    else query.append(name, value);
  }
  const example = bodyExample(operation, schemas);
  const text = typeof example?.value === "string" ? example.value : JSON.stringify(example?.value);
  return {
    method,
    path: query.size === 0 ? path : `${path}?${query.toString()}`,
    ...(example ? { headers: { "content-type": example.mediaType }, body: text } : {}),
  };
}
