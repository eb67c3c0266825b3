import { AppError, toProblem } from "./errors.ts";
import { describe, expect, it } from "vitest";
import { toolMessage } from "./tool-message.ts";

const call = { id: "c1", name: "t", arguments: {} };

describe("toolMessage", () => {
  it("hands text on as it is, and other output as JSON", () => {
    expect(toolMessage(call, { status: "completed", output: "a\nb" })).toEqual({
      role: "tool",
      tool_call_id: "c1",
      content: "a\nb",
    });
    expect(toolMessage(call, { status: "completed", output: { n: 1 } }).content).toBe('{"n":1}');
    expect(toolMessage(call, { status: "completed", output: null }).content).toBe("null");
  });

  it("tells the model what was wrong with its arguments", () => {
    const error = toProblem(
      new AppError("tool_input_invalid", {
        detail: "wrong",
        errors: [{ pointer: "/path", message: "missing" }],
      }),
    );
    expect(toolMessage(call, { status: "failed", error }).content).toBe(
      '{"error":{"code":"tool_input_invalid","message":"wrong","errors":[{"pointer":"/path","message":"missing"}]}}',
    );
  });

  it("cuts at 400,000 characters, never inside a surrogate pair", () => {
    const fits = "x".repeat(400_000);
    expect(toolMessage(call, { status: "completed", output: fits }).content).toBe(fits);
    const output = `${"x".repeat(399_999)}🦙🦙`;
    expect(toolMessage(call, { status: "completed", output }).content).toBe(
      `${"x".repeat(399_999)}\n[cut: the first 399999 of 400003 characters]`,
    );
  });
});
