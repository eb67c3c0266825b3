import { Argument, type Command } from "commander";
import { examples } from "../arguments/examples.ts";
import { EXIT } from "../cli-error.ts";
import type { CommandHost } from "../command-host.ts";
import { bashCompletion } from "../completion/bash-completion.ts";
import { commandNodes } from "../completion/command-tree.ts";
import { zshCompletion } from "../completion/zsh-completion.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion };

/** Completes every command that the program has when the script is asked for. */
export function addCompletionCommand(program: Command, { context, onExit }: CommandHost): void {
  program
    .command("completion")
    .description("print a script that makes the shell complete commands and options")
    .addArgument(new Argument("<shell>").choices(Object.keys(SCRIPTS)))
    .addHelpText(
      "after",
      `\nCompletes the command llamaagent, which has to be on the PATH: in a clone, node_modules/.bin.\n${examples(
        "source <(llamaagent completion bash)",
        "source <(llamaagent completion zsh)",
      )}`,
    )
    .action((shell: keyof typeof SCRIPTS) => {
      context.terminal.out(SCRIPTS[shell](program.name(), commandNodes(program)));
      onExit(EXIT.done);
    });
}
