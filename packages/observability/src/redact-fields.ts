import { describeError } from "./describe-error.ts";

/** Environment variables that hold keys; `step_key` and `idempotency_key` are no secrets. */
const keyVariable = /_KEY$/;
/** The end of a field's name, its words joined by `_`. */
const secretName =
  /(authorization|cookie|password|passwd|passphrase|secret|credentials?|(^|_)token|(api|access|encryption|master|private|secret|signing)_?key)$/;

/** Fields that hold prompts and results: these belong into the database, never into a log. */
const contentNames = new Set([
  "arguments",
  "body",
  "content",
  "input",
  "instructions",
  "messages",
  "output",
  "params",
  "prompt",
  "result",
  "text",
  "values",
]);

/** Deeper than this nobody reads in a log; it also bounds the work and ends cycles. */
const MAX_DEPTH = 6;

/** Masks credentials and leaves out content; what is neither plain nor known is only named. */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(object: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, redactField(name, value, depth)]),
  );
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value;
  if (isSecretName(name)) return "[redacted]";
  if (contentNames.has(name)) return "[left out]";
  // Left to the logger's serializers, which take a few fields of them.
  if (depth === 0 && (name === "req" || name === "res")) return value;
  return redactValue(value, depth);
}

/** Lines name the same few fields again and again. */
const secretNames = new Map<string, boolean>();
const NAMES_MAX = 1_000;
const NAME_LENGTH_MAX = 64;

function isSecretName(name: string): boolean {
  const known = secretNames.get(name);
  if (known !== undefined) return known;
  const isSecret = looksSecret(name);
  if (secretNames.size < NAMES_MAX && name.length <= NAME_LENGTH_MAX)
    secretNames.set(name, isSecret);
  return isSecret;
}

function looksSecret(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll("-", "_");
  return keyVariable.test(name) || secretName.test(words.toLowerCase());
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date || value instanceof URL) return value.toJSON();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return "[deep]";
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return isPlain(value) ? redactObject(value, depth + 1) : `[${value.constructor.name}]`;
}

/** A class's object, say a socket, may lead to the whole program. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
