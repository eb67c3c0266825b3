import { mayBecomeToken } from "./token-words.ts";

export interface TokenRestorer {
  /** What is certain after the next piece: all but the beginning of a token at its end. */
  push: (piece: string) => string;
  /** What was held back, after the last piece. */
  end: () => string;
}

/** Restores a text that comes in pieces. At most one partial token, 26 characters, waits for its rest. */
export function createTokenRestorer(restore: (text: string) => string): TokenRestorer {
  let held = "";
  return {
    push(piece) {
      const text = held + piece;
      const open = text.lastIndexOf("<");
      const certain = open !== -1 && mayBecomeToken(text.slice(open)) ? open : text.length;
      held = text.slice(certain);
      return restore(text.slice(0, certain));
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}
