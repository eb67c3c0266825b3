import { z } from "zod";

/** Each row that is passed over costs as much as one that is answered. */
const OFFSET_MAX = 1_000_000;

/** Of the searches whose pages the Agent Protocol counts so. */
export const Offset = z
  .number()
  .int()
  .min(0)
  .max(OFFSET_MAX)
  .default(0)
  .describe("How many are passed over");
