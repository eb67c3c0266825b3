/** What both drivers take as it is: text, or bytes for a bytea parameter. */
export type SqlParameter = string | Uint8Array | null;

export function encodeParameter(value: unknown): SqlParameter {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  return Array.isArray(value) ? arrayLiteral(value) : scalarText(value);
}

function scalarText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string") return value;
  // JSON knows no NaN and no bigint.
  if (typeof value === "number" || typeof value === "bigint") return value.toString();
  return JSON.stringify(value);
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayLiteral(items: readonly unknown[]): string {
  const texts = items.map((item) => {
    if (item === null || item === undefined) return "NULL";
    if (Array.isArray(item)) return arrayLiteral(item);
    const text = item instanceof Uint8Array ? bytesText(item) : scalarText(item);
    return quoted(text);
  });
  return `{${texts.join(",")}}`;
}

/** A backslash before each quote and backslash. */
function quoted(text: string): string {
  if (!/["\\]/.test(text)) return `"${text}"`;
  // JSON's escapes are the same but for these characters, and made twice as fast.
  // oxlint-disable-next-line no-control-regex
  if (!/[\u0000-\u001f\ud800-\udfff]/.test(text)) return JSON.stringify(text);
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
}

export function bytesText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

const integer = (text: string): number | bigint => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};
const asText = (text: string): string => text;
const json = (text: string): unknown => JSON.parse(text);

/** By type oid (`select oid, typname from pg_type`): one table for both drivers, so that they agree. */
export const valueParsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === "t", // bool
  17: parseBytes, // bytea
  20: integer, // int8
  21: Number, // int2
  23: Number, // int4
  26: Number, // oid
  114: json,
  700: Number, // float4
  701: Number, // float8
  1082: asText, // date: a Date would need a time zone
  1114: asText, // timestamp
  1184: parseMoment, // timestamptz
  1700: asText, // numeric: exact
  3802: json, // jsonb
};

function parseBytes(text: string): Uint8Array {
  const buffer = Buffer.from(text.slice(2), "hex");
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** `2026-11-24 22:00:00.123456+00` → ISO 8601, whose reading by Date is specified. */
function parseMoment(text: string): Date {
  if (text.endsWith("+00")) return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
  return new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
}
