import { DrizzleQueryError } from "drizzle-orm";
import { expect, it } from "vitest";
import { withNameConflict } from "./name-conflict.ts";

it("tells a taken name without the statement's values, which the log must not show", async () => {
  const violation = Object.assign(new Error("duplicate key"), { code: "23505" });
  const insert = (): Promise<void> =>
    Promise.reject(new DrizzleQueryError("insert into agents", ["a secret"], violation));
  await expect(withNameConflict("ours", insert)).rejects.toMatchObject({
    code: "conflict",
    message: "There is already an agent named 'ours'",
    cause: violation,
  });
});

it("passes other errors on", async () => {
  const error = Object.assign(new Error("deadlock detected"), { code: "40P01" });
  await expect(withNameConflict("ours", () => Promise.reject(error))).rejects.toBe(error);
});
