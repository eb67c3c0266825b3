import { z } from "zod";

/** For people; Postgres's text holds no U+0000, and would be sent U+FFFD in the place of a lone surrogate. */
export const NameText = z
  .string()
  .min(1)
  .max(100)
  .refine(
    (value) => !value.includes("\u0000") && value.isWellFormed(),
    "must not hold U+0000 or lone surrogates",
  );
