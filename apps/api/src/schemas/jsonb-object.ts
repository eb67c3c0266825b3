import {
  isStorableAsJsonb,
  type Json,
  JSONB_BYTES_MAX,
  jsonbBytes,
  JsonObject,
} from "@llamaagent/core";

/**
 * Stored as jsonb, so free of U+0000 and lone surrogates in keys and texts; the fault names the place. And no
 * larger than two bodies: jsonb writes 1e308 out, and merge patches add up.
 */
export const JsonbObject = JsonObject.superRefine((value, context) => {
  if (!isStorableAsJsonb(value))
    context.addIssue({
      code: "custom",
      path: unstorablePath(value) ?? [],
      message: "must not hold U+0000 or lone surrogates",
    });
  else if (jsonbBytes(value) > JSONB_BYTES_MAX)
    context.addIssue({
      code: "custom",
      message: "is over 2 MiB once its numbers are written out",
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
