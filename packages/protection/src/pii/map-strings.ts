/**
 * A JSON value with each of its texts replaced; `path` says where a text stands, and is only good
 * until the call returns. Keys and what is no text stay; parts in which nothing changed are the same
 * objects as before, and so is the whole.
 */
export function mapStrings<Value>(
  value: Value,
  replace: (text: string, path: readonly string[]) => string,
): Value {
  const path: string[] = [];

  function mapped(inner: unknown): unknown {
    if (typeof inner === "string") return replace(inner, path);
    if (typeof inner !== "object" || inner === null) return inner;
    const before = Object.entries(inner);
    const after = before.map(([key, each]: [string, unknown]): [string, unknown] => {
      path.push(key);
      const result = mapped(each);
      path.pop();
      return [key, result];
    });
    if (after.every(([, each], at) => each === before[at]?.[1])) return inner;
    return Array.isArray(inner) ? after.map(([, each]) => each) : Object.fromEntries(after);
  }

  return mapped(value) as Value; // texts became texts, lists lists, objects objects with the same keys
}
