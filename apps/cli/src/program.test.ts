import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { EXIT } from "./cli-error.ts";
import { createProgram } from "./program.ts";

function quietProgram(): Command {
  const program = createProgram(
    {
      env: {},
      terminal: {
        out: () => undefined,
        note: () => undefined,
        isOutLive: false,
        finishUnread: () => undefined,
      },
      signal: new AbortController().signal,
    },
    () => undefined,
  );
  for (const command of allCommands(program))
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  return program;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
  return help;
}

/** The arguments of each example, as a shell would part them. */
function exampleArguments(command: Command): string[][] {
  const [, lines = ""] = helpOf(command).split("\nExamples:\n");
  return lines
    .split("\n")
    .flatMap((line) => line.match(/llamaagent [^|)]*/g) ?? [])
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, a, b]) => a ?? b ?? "").slice(1));
}

it.each(Object.entries({ ...EXIT, stalled: 70 }))(
  "documents the exit code of %s",
  (_name, code) => {
    const [, listed = ""] = helpOf(quietProgram()).split("Exit codes:");
    expect(listed).toMatch(new RegExp(`^ {2}${code} `, "m"));
  },
);

describe.each(allCommands(quietProgram()).map((command) => [pathOf(command), command] as const))(
  "%s",
  (path, command) => {
    it("has examples, all of which are accepted", async () => {
      const examples = exampleArguments(command);
      expect(examples.length).toBeGreaterThan(0);
      if (command.commands.length === 0)
        expect(examples.every((words) => `llamaagent ${words.join(" ")}`.startsWith(path))).toBe(
          true,
        );
      for (const words of examples) {
        const program = quietProgram();
        const ran: string[] = [];
        for (const each of allCommands(program))
          if (each.commands.length === 0) each.action(() => void ran.push(pathOf(each)));
        await program.parseAsync(words, { from: "user" });
        expect(ran, words.join(" ")).toHaveLength(1);
      }
    });

    // What it prints is a script for a shell.
    const isData = command.name() !== "completion";
    it.runIf(command.commands.length === 0 && isData)("has --json", () => {
      expect(command.options.map(({ long }) => long)).toContain("--json");
    });
  },
);
