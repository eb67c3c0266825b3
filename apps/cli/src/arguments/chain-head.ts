import type { ChainHead } from "@llamaagent/auth";
import { InvalidArgumentError } from "commander";

/** `<seq>:<hash>`, as `audit verify` prints it. Written here: `--help` loads no cryptography. */
export function chainHead(text: string): ChainHead {
  const [, seq, hash] = /^(0(?=:0+$)|[1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError("It must be <seq>:<hash>, as audit verify prints it.");
  return { seq: Number(seq), hash };
}
