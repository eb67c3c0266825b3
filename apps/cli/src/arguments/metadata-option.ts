import { type Json } from "@llamaagent/client";
import { InvalidArgumentError, Option } from "commander";
import { jsonValue } from "./json-value.ts";

type Metadata = Record<string, Json>;

/** `--metadata key=text` or `key:=json`, repeatable. */
export function metadataOption(description: string): Option {
  return new Option(
    "-m, --metadata <key=value>",
    `${description}; key:=value for JSON; repeatable`,
  ).argParser(addMetadata);
}

function addMetadata(text: string, earlier: Metadata | undefined): Metadata {
  const [, key, isJson, value = ""] = /^(.+?)(:?)=([^]*)$/.exec(text) ?? [];
  if (key === undefined) throw new InvalidArgumentError("It must be key=value or key:=json.");
  // Not by assignment: a key `__proto__` is one like any other.
  return Object.fromEntries([
    ...Object.entries(earlier ?? {}),
    [key, isJson === ":" ? jsonValue(value) : value],
  ]);
}
