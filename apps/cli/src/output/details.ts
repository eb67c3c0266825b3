import { oneLine, withoutControls } from "../terminal.ts";

/** A line for each field that is there, names in one column. */
export function details(
  fields: readonly (readonly [string, string | number | undefined])[],
): string {
  const given = fields.filter(([, value]) => value !== undefined);
  const width = Math.max(...given.map(([name]) => name.length));
  return given
    .map(([name, value]) => `${name.padEnd(width)}  ${oneLine(String(value), 1_000)}\n`)
    .join("");
}

/** Text of any length under its name; nothing where there is none. */
export function block(name: string, value: unknown): string {
  const text = withoutControls(textOf(value) ?? "").trimEnd();
  return text === "" ? "" : `\n${name}\n${text.replaceAll(/^(?=.)/gm, "  ")}\n`;
}

/** Text as it is, other JSON on one line. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** As one line; left out where it is empty. */
export function jsonOf(value: Record<string, unknown>): string | undefined {
  return Object.keys(value).length === 0 ? undefined : JSON.stringify(value);
}
