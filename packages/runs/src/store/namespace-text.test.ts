import { describe, expect, it } from "vitest";
import { namespaceLabels, namespacesUnder, namespaceText } from "./namespace-text.ts";

describe("namespaceText", () => {
  it.each([
    [[], ""],
    [["a"], "a."],
    [["users", "17 é"], "users.17 é."],
  ])("writes %j as '%s', and back", (labels, text) => {
    expect(namespaceText(labels)).toBe(text);
    expect(namespaceLabels(text)).toEqual(labels);
  });
});

describe("namespacesUnder", () => {
  const isUnder = (labels: string[], prefix: string[]): boolean => {
    const { from, before } = namespacesUnder(prefix);
    const text = namespaceText(labels);
    return text >= from && (before === undefined || text < before);
  };

  it("takes the namespace itself and what is below it", () => {
    for (const labels of [["a"], ["a", "b"], ["a", "\u0001"], ["a", "\u{10ffff}"]])
      expect(isUnder(labels, ["a"])).toBe(true);
  });

  it("takes no neighbour, whatever character follows", () => {
    for (const labels of [[], ["b"], ["ab"], ["a!"], ["a-b"], ["a/"], ["a/b"], ["b", "a"]])
      expect(isUnder(labels, ["a"])).toBe(false);
    expect(isUnder(["a"], ["a", "b"])).toBe(false);
  });

  it("takes all under the root", () => {
    for (const labels of [[], ["\u0001"], ["\u{10ffff}", "x"]])
      expect(isUnder(labels, [])).toBe(true);
  });
});
