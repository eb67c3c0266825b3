import type { Json } from "@llamaagent/core";
import { unreadable } from "./unreadable.ts";

/**
 * A JSON value in a column (jsonb) in which sealed and plain ones stand side by side: a sealed one is
 * `{"$sealed": "sealed1.…"}`. A plain one that looks like that gets one `$` more, and loses it when it is
 * read: `{"$$sealed": …}`. Only whole values are looked at, not what lies within.
 */
const SEALED = "$sealed";
const LOOKS_SEALED = /^\$+sealed$/;

/** `seal` is that of an envelope or of a data key, for this very place. @public */
export function sealJson(value: Json, seal: (plaintext: string) => string): Json {
  return { [SEALED]: seal(JSON.stringify(value)) };
}

/** How a value is stored that is not sealed. @public */
export function plainJson(value: Json): Json {
  const only = onlyField(value);
  return only === undefined ? value : { [`$${only.name}`]: only.value };
}

/** What either of them stored; `open` is asked where it is sealed. Errors: `unreadable`, and of `open`. @public */
export function openJson(stored: Json, open: (sealed: string) => Buffer): Json {
  const only = onlyField(stored);
  if (only === undefined) return stored;
  if (only.name !== SEALED) return { [only.name.slice(1)]: only.value };
  if (typeof only.value !== "string") throw unreadable("it has not the form of a sealed one");
  return JSON.parse(open(only.value).toString()) as Json; // `sealJson` made it of JSON
}

/** Of what looks sealed, however many `$` it has. */
function onlyField(value: Json): { name: string; value: Json } | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const [field, ...others] = Object.entries(value);
  if (field === undefined || others.length > 0 || !LOOKS_SEALED.test(field[0])) return undefined;
  return { name: field[0], value: field[1] };
}
