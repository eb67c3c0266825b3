import type { Remote } from "../remote.ts";

/** One JSON document, or the text. */
export function printOne(
  { terminal, isJson }: Remote,
  { value, text }: { value: unknown; text: string },
): void {
  terminal.out(isJson ? `${JSON.stringify(value, null, 2)}\n` : text);
}
