/**
 * `*` and `?` match within a name, `**` any number of folders; without a `/` the pattern is matched
 * with the file's name, at any depth. Compared without regard to case. Takes at most
 * O(length × pattern) steps, which a pattern translated to a regular expression would not.
 */
export function matchesWildcard(path: string, pattern: string): boolean {
  const names = path.toLowerCase().split("/");
  const parts = pattern
    .toLowerCase()
    .replaceAll("\\", "/")
    .replace(/^\.?\//, "")
    .split("/");
  if (parts.length === 1) return matchesName(names.at(-1) ?? "", parts[0] ?? "");
  return matchesSequence(names, parts, { many: "**", one: matchesName });
}

function matchesName(name: string, pattern: string): boolean {
  return matchesSequence(Array.from(name), Array.from(pattern.replace(/\*+/g, "*")), {
    many: "*",
    one: (character, expected) => expected === "?" || character === expected,
  });
}

/** Greedy, going back only to the last `many`: an earlier one never needs to take more. */
function matchesSequence(
  items: readonly string[],
  pattern: readonly string[],
  rules: { many: string; one: (item: string, expected: string) => boolean },
): boolean {
  let at = 0;
  let back: { item: number; pattern: number } | undefined;
  let item = 0;
  while (item < items.length) {
    const expected = pattern[at];
    if (expected === rules.many) {
      back = { item, pattern: at };
      at++;
    } else if (expected !== undefined && rules.one(items[item] ?? "", expected)) {
      item++;
      at++;
    } else if (back !== undefined) {
      back.item++;
      item = back.item;
      at = back.pattern + 1;
    } else return false;
  }
  return pattern.slice(at).every((expected) => expected === rules.many);
}
