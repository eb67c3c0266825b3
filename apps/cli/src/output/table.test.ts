import { expect, it } from "vitest";
import { type Column, table } from "./table.ts";

const columns: Column<{ id: string; text?: string; n: number }>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "TEXT", value: ({ text }) => text, canShrink: true },
  { title: "N", value: ({ n }) => n },
];
const items = [
  { id: "a", text: "a long text\nof two lines", n: 1 },
  { id: "bcd", n: 20 },
];

it("aligns columns, whole where the width is not limited", () => {
  expect(table(items, columns)).toBe(
    [
      "ID   TEXT                      N",
      "a    a long text of two lines  1",
      "bcd                            20",
      "",
    ].join("\n"),
  );
});

it("cuts what may be cut to fit the width, and else the line", () => {
  expect(table(items, columns, 20)).toBe(
    ["ID   TEXT         N", "a    a long tex…  1", "bcd               20", ""].join("\n"),
  );
  expect(table(items, columns, 12)).toBe(
    ["ID   TEXT  …", "a    a long…", "bcd        …", ""].join("\n"),
  );
});

it("writes nothing that would move the cursor", () => {
  const hostile = [{ id: "\u001b[2J", text: "a\rb", n: 1 }];
  expect(table(hostile, columns)).toBe("ID   TEXT  N\n[2J  a b   1\n");
});
