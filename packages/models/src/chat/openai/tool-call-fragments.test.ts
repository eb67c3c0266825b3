import { expect, it } from "vitest";
import { createToolCallFragments } from "./tool-call-fragments.ts";

type Fragment = Parameters<ReturnType<typeof createToolCallFragments>["add"]>[0];
function join(...fragments: Fragment[]) {
  const open = createToolCallFragments();
  for (const fragment of fragments) open.add(fragment);
  return open.calls();
}

it("joins by index, whatever the order", () => {
  const calls = join(
    { index: 1, id: "b", function: { name: "two", arguments: "" } },
    { index: 0, id: "a", function: { name: "one", arguments: '{"x"' } },
    { index: 1, function: { arguments: "[1" } },
    { index: 0, function: { arguments: ":1}" } },
    { index: 1, function: { arguments: "]" } },
  );
  expect(calls).toEqual([
    { id: "a", name: "one", arguments: { x: 1 } },
    { id: "b", name: "two", arguments: [1] },
  ]);
});

it("opens a call with each new id where the server sends one index, or none, for all", () => {
  for (const index of [0, undefined])
    expect(
      join(
        { index, id: "a", function: { name: "one", arguments: "{}" } },
        { index, id: "b", function: { name: "two", arguments: '{"y":' } },
        { index, id: "b", function: { arguments: "2}" } },
      ),
    ).toEqual([
      { id: "a", name: "one", arguments: {} },
      { id: "b", name: "two", arguments: { y: 2 } },
    ]);
});

it("takes a name that is repeated once", () => {
  const calls = join(
    { index: 0, id: "a", function: { name: "one", arguments: "{" } },
    { index: 0, id: "a", function: { name: "one", arguments: "}" } },
  );
  expect(calls).toEqual([{ id: "a", name: "one", arguments: {} }]);
});
