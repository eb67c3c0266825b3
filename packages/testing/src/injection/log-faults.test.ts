import { expect, it } from "vitest";
import { logFaults } from "./log-faults.ts";

it("takes one line of JSON for one record", () => {
  expect(logFaults('{"msg":"a\\nb\\u001b[2J"}\n')).toEqual([]);
});

it.each([
  ["two lines", '{"msg":"a"}\n{"msg":"b"}\n', "controls"],
  ["an escape of a terminal", '{"msg":"a\u009b31m"}\n', "controls"],
  ["a line separator", '{"msg":"a\u2028b"}\n', "controls"],
  ["half a record", '{"msg":"a\n', "no JSON"],
  ["a record without an end", '{"msg":"a"}', "no JSON"],
  ["no object", "17\n", "no object"],
])("finds %s", (_what, written, fault) => {
  expect(logFaults(written)[0]).toContain(fault);
});
