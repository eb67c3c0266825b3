import type { Json } from "@llamaagent/client";
import { InvalidArgumentError } from "commander";

export function jsonValue(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    throw new InvalidArgumentError(`It must be JSON: ${text}`);
  }
}
