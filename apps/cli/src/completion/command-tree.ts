import type { Argument, Command, Option } from "commander";

/** What may follow: one of these words, a file's name, or what only the user knows. */
export type Value = { words: readonly string[] } | "file" | "unknown";

export interface CommandNode {
  /** Below the program's name: `runs list`; empty for the program itself. */
  path: string;
  commands: { name: string; description: string }[];
  options: { flags: string[]; description: string; value?: Value }[];
  argument: Value;
}

/** The program and all commands below it, parents first. */
export function commandNodes(command: Command, path = ""): CommandNode[] {
  const help = command.createHelp();
  const node: CommandNode = {
    path,
    commands: command.commands.map((child) => ({
      name: child.name(),
      description: child.description(),
    })),
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      ...(option.required || option.optional ? { value: optionValue(option) } : {}),
    })),
    argument: argumentValue(command.registeredArguments[0]),
  };
  const children = command.commands.flatMap((child) =>
    commandNodes(child, `${path} ${child.name()}`.trim()),
  );
  return [node, ...children];
}

function optionValue({ argChoices, flags }: Option): Value {
  if (argChoices) return { words: argChoices };
  return flags.includes("<path>") ? "file" : "unknown";
}

function argumentValue(argument: Argument | undefined): Value {
  if (argument?.argChoices) return { words: argument.argChoices };
  return argument?.name() === "file" ? "file" : "unknown";
}
