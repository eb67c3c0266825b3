import { DEAD_REASONS as known } from "@llamaagent/runs";
import { expect, it } from "vitest";
import { DEAD_REASONS } from "./runs-dead.ts";

it("offers each reason that the server knows, without loading the server", () => {
  expect(DEAD_REASONS).toEqual(known);
});
