import { z } from "zod";
import { parseFetchAllowance } from "./fetch-allowance.ts";

export const fetchSettings = z.object({
  LLAMAAGENT_FETCH_ALLOW: z
    .string()
    .default("")
    .transform((list, context) => {
      try {
        return parseFetchAllowance(list);
      } catch (error) {
        context.addIssue({ code: "custom", message: (error as TypeError).message });
        return z.NEVER;
      }
    })
    .describe(
      "Private places that webhooks may be sent to, such as `10.0.0.0/8, hooks.internal, localhost:9000`; none where it is not set.",
    ),
});
