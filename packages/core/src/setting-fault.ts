import { z } from "zod";

/** What is wrong with one variable, never its value. */
export function settingFault(
  issue: z.core.$ZodIssue,
  { schema, isSet }: { schema: z.core.$ZodType | undefined; isSet: boolean },
): string {
  // A rule over several variables, which may be about one that is not set.
  if (issue.code === "custom") return issue.message;
  if (!isSet) return "is not set";
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  return (schema && numberRange(schema)) ?? issue.message;
}

/** zod names one bound at a time, and calls text that is no number NaN. */
function numberRange(schema: z.core.$ZodType): string | undefined {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  if (json.type !== "integer" && json.type !== "number") return undefined;
  const bound = (name: string, value: unknown): string[] =>
    // What every whole number is bound by says nothing.
    typeof value !== "number" || Math.abs(value) === Number.MAX_SAFE_INTEGER
      ? []
      : [`${name} ${value}`];
  return [
    `must be a ${json.type === "integer" ? "whole number" : "number"}`,
    ...bound(" from", json.minimum),
    ...bound(" above", json.exclusiveMinimum),
    ...bound(json.minimum === undefined ? ", up to" : " to", json.maximum),
  ].join("");
}
