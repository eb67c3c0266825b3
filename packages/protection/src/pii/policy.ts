import { z } from "zod";
import { countries } from "./numbering-plans.ts";
import { PersonalDataKind } from "./personal-data.ts";

const StoredAction = z.enum(["allow", "redact", "mask", "hash", "block"]);
/** Tokens are for what a model answers to: what is stored under them could not be read again. */
const ModelInputAction = z.enum([...StoredAction.options, "token"]);
export type PersonalDataAction = z.infer<typeof ModelInputAction>;

/** What is done with each kind; `default` with those that are not named, `allow` where it is not. */
const Kind = z.enum(["default", ...PersonalDataKind.options]);
const StoredActions = z.partialRecord(Kind, StoredAction);
const ModelInputActions = z.partialRecord(Kind, ModelInputAction);
export type PersonalDataActions = z.infer<typeof ModelInputActions>;

/** What a tenant wants done with personal data. What is left out stays as it is; logs are never a matter of policy. */
export const PersonalDataPolicy = z.strictObject({
  default_country: z
    .enum(countries)
    .optional()
    .describe("Whose phone numbers are found in their national form too (ISO 3166-1 alpha-2)"),
  model_input: ModelInputActions.default({}).describe("What models are sent"),
  memory: StoredActions.default({}).describe("What is remembered from run to run"),
  events: StoredActions.default({}).describe("What is stored of runs and sent to readers"),
});
export type PersonalDataPolicy = z.infer<typeof PersonalDataPolicy>;
