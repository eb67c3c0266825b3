import type { FakeScript } from "../fake-openai.ts";

/** What a quick model does: a first piece after 100 ms, then nine more in a quarter of a second. */
export const script: FakeScript = [
  {
    chunks: Array.from({ length: 10 }, (_, index) => `piece ${index} `),
    delayMs: 100,
    chunkDelayMs: 25,
  },
];
