import { StopReason } from "@llamaagent/core";
import { expect, it } from "vitest";
import { STOP_REASONS } from "./run-filter.ts";

it("offers each stop reason that the server knows, without loading the server", () => {
  expect(STOP_REASONS).toEqual(StopReason.options);
});
