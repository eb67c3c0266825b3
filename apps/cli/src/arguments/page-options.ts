import { type Command, Option } from "commander";
import { type JsonOption, jsonOption } from "./json-option.ts";
import { wholeNumber } from "./whole-number.ts";

export interface PageOptions extends JsonOption {
  limit: number;
  all?: boolean;
}

/** How much a command lists, and as what. */
export function withPageOptions(command: Command): Command {
  return command
    .addOption(
      new Option("-n, --limit <count>", "list at most so many").default(20).argParser(wholeNumber),
    )
    .addOption(new Option("--all", "list all, page by page").conflicts("limit"))
    .addOption(jsonOption("a line of JSON for each"));
}
