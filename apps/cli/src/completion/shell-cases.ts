import type { CommandNode, Value } from "./command-tree.ts";

/** For bash and zsh alike: any text as one word. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** `file`, `unknown`, or the words themselves, as the scripts keep them in `takes`. */
export function takes(value: Value): string {
  return typeof value === "string" ? value : value.words.join(" ");
}

/** Arms of `case "$at $word"`: a command leads on, an option takes a value. */
export function walkArms(nodes: readonly CommandNode[]): string[] {
  return nodes.flatMap(({ path, commands, options }) => [
    ...commands.map(({ name }) => arm(`${path} ${name}`, `at=${quoted(`${path} ${name}`.trim())}`)),
    ...options.flatMap(({ flags, value }) =>
      value === undefined
        ? []
        : flags.map((flag) => arm(`${path} ${flag}`, `takes=${quoted(takes(value))}`)),
    ),
  ]);
}

function arm(pattern: string, action: string): string {
  return `      ${quoted(pattern)}) ${action} ;;`;
}
