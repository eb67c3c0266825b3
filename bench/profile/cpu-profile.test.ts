import { expect, it } from "vitest";
import { hotFunctions, stackTree } from "./cpu-profile.ts";
import { flameGraph } from "./flame-graph.ts";

const frame = (functionName: string, url = "", lineNumber = 0) => ({
  functionName,
  url,
  lineNumber,
});
const profile = {
  startTime: 1_000,
  nodes: [
    { id: 1, callFrame: frame("(root)"), children: [2, 4] },
    { id: 2, callFrame: frame("outer", "file:///x/packages/a/src/a.ts", 9), children: [3] },
    { id: 3, callFrame: frame("inner", "file:///x/node_modules/pg/lib/b.js", 1) },
    { id: 4, callFrame: frame("(idle)") },
  ],
  samples: [2, 3, 4, 3, 3],
  timeDeltas: [100, 200, 400, 200, 800],
};
// The last sample lies behind it.
const window = { from: 1_000, to: 2_000 };

it("adds up what was on the CPU in the window, callees within their callers", () => {
  const tree = stackTree(profile, window);
  expect(tree.microseconds).toBe(500);
  expect(tree.children.map(({ name }) => name)).toEqual(["outer"]);
  expect(tree.children[0]?.children).toEqual([
    { name: "inner", place: "pg/lib/b.js:2", microseconds: 400, children: [] },
  ]);
});

it("lists the functions by their own share", () => {
  expect(hotFunctions(profile, window)).toEqual([
    " 80.0 %  inner pg/lib/b.js:2",
    " 20.0 %  outer packages/a/src/a.ts:10",
  ]);
});

it("draws a box for each call, as wide as its share", () => {
  const svg = flameGraph(stackTree(profile, window), "api");
  expect(svg).toContain(
    `<title>inner pg/lib/b.js:2 80.0 %</title><rect x="0.0" y="76" width="1280.0"`,
  );
});
