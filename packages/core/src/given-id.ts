import { z } from "zod";

/** A UUID that a client sends, of any version; told apart by its value and not by its letters (RFC 9562, 4). */
export const GivenId = z
  .guid()
  .toLowerCase()
  .meta({ examples: ["01900000-0000-7000-8000-000000000000"] });
