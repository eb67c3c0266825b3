import { Option } from "commander";

export interface JsonOption {
  json?: boolean;
}

export function jsonOption(what: "one JSON document" | "a line of JSON for each"): Option {
  return new Option("--json", `print ${what}`);
}
