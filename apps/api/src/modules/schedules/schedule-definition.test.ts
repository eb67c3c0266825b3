import { AppError } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { patchedSchedule } from "./schedule-definition.ts";

describe("a patched schedule", () => {
  const current = {
    name: "daily",
    cron: "0 0 * * *",
    timezone: "UTC",
    missed: "one" as const,
    enabled: true,
    run: { agent_id: "default", metadata: {}, webhook: "http://hooks.internal/" },
    metadata: {},
  };
  const forbidden = () => {
    throw new AppError("invalid_request", { errors: [{ pointer: "/webhook", message: "no" }] });
  };

  it("can be disabled though its run would be refused by now, and keeps the run", () => {
    const { definition, admission } = patchedSchedule(forbidden, current, { enabled: false });
    expect(definition).toEqual({ ...current, enabled: false });
    expect(admission).toBeUndefined();
  });

  it("is refused with another run that would be refused", () => {
    expect(() => patchedSchedule(forbidden, current, { run: { input: "Hi" } })).toThrow(
      expect.objectContaining({ errors: [{ pointer: "/run/webhook", message: "no" }] }),
    );
  });
});
