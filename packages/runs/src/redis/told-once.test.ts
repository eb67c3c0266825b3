import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { toldOnce } from "./told-once.ts";

it("passes on each message once in a while", async () => {
  const told: string[] = [];
  const onError = toldOnce(({ message }) => told.push(message), 20);
  for (const message of ["refused", "refused", "timed out", "refused"]) onError(new Error(message));
  expect(told).toEqual(["refused", "timed out"]);
  await sleep(40);
  onError(new Error("refused"));
  expect(told).toEqual(["refused", "timed out", "refused"]);
});
