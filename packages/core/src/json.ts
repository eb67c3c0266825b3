import { z } from "zod";

/** A JSON value. Arrays and objects are checked shallowly: bodies come from JSON.parse. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Registered in place: `meta` would copy it, and its inner references would lead to the nameless one. */
export const JsonValue: z.ZodType<Json> = z.json().register(z.globalRegistry, { id: "Json" });

export const JsonObject = z.record(z.string(), JsonValue);
export type JsonObject = z.infer<typeof JsonObject>;

/** JSON with object keys sorted at every level, so that equal values have equal texts (and hashes). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Whether arrays and objects lie in each other more than so many levels deep. */
export function isDeeperThan(value: Json, levels: number): boolean {
  if (value === null || typeof value !== "object") return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/**
 * Postgres `jsonb` and `text` refuse U+0000, and jsonb also lone surrogates. What is stored as JSON
 * text escapes both; metadata and values, which are jsonb, must be free of them.
 */
export function isStorableAsJsonb(value: unknown): boolean {
  const text = JSON.stringify(value);
  // JSON.stringify escapes NUL and lone surrogates as \u0000 and \udXXX (well-formed JSON.stringify).
  return !/(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(text);
}

/** The same with U+FFFD in the place of each of them, in keys and texts. */
export function storableAsJsonb<Value extends Json>(value: Value): Value {
  const text = JSON.stringify(value);
  const storable = text.replaceAll(
    /(?<=(?:^|[^\\])(?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi,
    "\\ufffd",
  );
  // Of the same shape: only characters of texts were replaced.
  return storable === text ? value : (JSON.parse(storable) as Value);
}

/** How large what is stored as jsonb may be, as `jsonbBytes` counts. */
export const JSONB_BYTES_MAX = 2 * 1024 * 1024;

/** Bytes of a value as Postgres writes jsonb out: with a space after each comma and colon, and numbers without exponents. */
export function jsonbBytes(value: Json): number {
  if (typeof value === "number") return digits(String(value));
  if (value === null || typeof value !== "object") return Buffer.byteLength(JSON.stringify(value));
  const inner = Array.isArray(value)
    ? value.map(jsonbBytes)
    : Object.entries(value).map(([key, each]) => jsonbBytes(key) + 2 + jsonbBytes(each));
  return inner.reduce((sum, bytes) => sum + bytes + 2, inner.length === 0 ? 2 : 0);
}

function digits(number: string): number {
  const [, sign = "", fraction = "", exponent] =
    /^(-?)\d(?:\.(\d+))?e([+-]\d+)$/.exec(number) ?? [];
  if (exponent === undefined) return number.length;
  const shift = Number(exponent);
  return sign.length + (shift > 0 ? 1 + shift : 2 - shift + fraction.length);
}
