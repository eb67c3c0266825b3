import { isStorableAsJsonb, type Json, JsonObject } from "@llamaagent/core";

/** Stored as jsonb, so free of U+0000 and lone surrogates in keys and texts; the fault names the place. */
export const JsonbObject = JsonObject.superRefine((value, context) => {
  if (isStorableAsJsonb(value)) return;
  context.addIssue({
    code: "custom",
    path: unstorablePath(value) ?? [],
    message: "must not hold U+0000 or lone surrogates",
  });
});

function unstorablePath(value: Json): (string | number)[] | undefined {
  if (value === null || typeof value !== "object") return isStorableAsJsonb(value) ? undefined : [];
  for (const [key, inner] of Object.entries(value)) {
    if (!isStorableAsJsonb(key)) return [key];
    const path = unstorablePath(inner);
    if (path) return [key, ...path];
  }
  return undefined;
}
