import { describe, expect, it } from "vitest";
import { planDirectCall } from "./direct-questions.ts";

const calculator = {
  name: "calculator",
  description: "",
  parameters: { type: "object", properties: { expression: { type: "string" } } },
};
const clock = { name: "current_time", description: "", parameters: {} };

describe("planDirectCall", () => {
  it.each([
    ["What is 2 + 2?", "2 + 2"],
    ["calculate (3+4)*2.", "(3+4)*2"],
    ["How much is 1,200 times 3", "1200 * 3"],
    ["7 divided by 2 = ?", "7 / 2"],
  ])("%s → the calculator", (text, expression) => {
    expect(planDirectCall(text, [clock, calculator])).toEqual({
      name: "calculator",
      arguments: { expression },
    });
  });

  it.each([
    "What happened in 2016?",
    "Is 24/7 support offered?",
    "What is the 2-3 range in semver?",
    "How much is 5?",
  ])("%s is no plain arithmetic", (text) => {
    expect(planDirectCall(text, [clock, calculator])).toBeUndefined();
  });

  it.each(["What time is it?", "What is today's date?", "what's the current time in UTC"])(
    "%s → the clock",
    (text) => {
      expect(planDirectCall(text, [clock])).toEqual({ name: "current_time", arguments: {} });
    },
  );

  it("calls no tool that the agent lacks", () => {
    expect(planDirectCall("2 + 2", [clock])).toBeUndefined();
    expect(planDirectCall("What time is it?", [calculator])).toBeUndefined();
  });
});
