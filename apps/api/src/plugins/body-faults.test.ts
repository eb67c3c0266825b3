import { describe, expect, it } from "vitest";
import { bodyFaults } from "./body-faults.ts";

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

describe("bodyFaults", () => {
  it.each([null, "text", 1, true, {}, [], { a: [1, { b: "c" }] }, nested(64)])(
    "lets %j pass",
    (body) => {
      expect(bodyFaults(body)).toEqual([]);
    },
  );

  it("lets keys pass that only look like prototypes", () => {
    const body = JSON.parse(
      '{"constructor":"Ferrari","prototype":1,"proto":{"constructor":{}}}',
    ) as unknown;
    expect(bodyFaults(body)).toEqual([]);
  });

  it("names the place of a key that reaches a prototype", () => {
    expect(bodyFaults(JSON.parse('{"a/b":[0,{"__proto__":1}]}'))).toEqual([
      { pointer: "/a~1b/1/__proto__", message: "this key is refused" },
    ]);
    expect(bodyFaults(JSON.parse('{"constructor":{"prototype":1}}'))).toEqual([
      { pointer: "/constructor", message: "this key is refused" },
    ]);
  });

  it("refuses the 65th level", () => {
    const [fault] = bodyFaults(nested(65));
    expect(fault?.message).toBe("is nested deeper than 64 levels");
    expect(fault?.pointer).toBe("/0".repeat(64));
  });

  it("reads a million levels without overflowing the stack", () => {
    expect(bodyFaults(nested(1_000_000))).toHaveLength(1);
  });

  it("refuses a number that overflowed", () => {
    expect(bodyFaults(JSON.parse('{"a":-1e999}'))).toEqual([
      { pointer: "/a", message: "is beyond the range of numbers" },
    ]);
  });
});
