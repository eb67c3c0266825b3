import type { Terminal } from "../terminal.ts";

export interface Progress {
  at(done: number, total?: number): void;
}

/** Says now and then how far a long command has come, beside what it prints. */
export function createProgress(
  { note }: Pick<Terminal, "note">,
  noun: string,
  every = 20,
): Progress {
  let told = 0;
  return {
    at(done, total) {
      if (done - told < every) return;
      told = done;
      note(`… ${done}${total === undefined ? "" : ` of ${total}`} ${noun}\n`, "dim");
    },
  };
}
