import { z } from "zod";

/** For people; Postgres's text holds no U+0000. */
export const NameText = z
  .string()
  .min(1)
  .max(100)
  .refine((value) => !value.includes("\u0000"), "must not hold U+0000");
