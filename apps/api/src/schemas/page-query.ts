import { GivenId } from "@llamaagent/core";
import { z } from "zod";

/** How much of a list a query asks for. */
export const PageLimit = z.coerce.number().int().min(1).max(100).default(20);

/** Where the page before ended, in a list that its items' ids order. */
export const IdCursor = GivenId.optional().describe("`next_cursor` of the page before");
