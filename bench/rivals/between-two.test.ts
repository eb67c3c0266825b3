import { expect, it } from "vitest";
import { betweenTwo } from "./between-two.ts";

it("measures each turn of ours between two of the rival's, and divides by their mean", async () => {
  const order: string[] = [];
  const rivalFigures = [100, 120, 80];
  const ourFigures = [220, 300];
  const turns = await betweenTwo(2, {
    rival: () => {
      order.push("rival");
      return Promise.resolve(rivalFigures.shift() ?? 0);
    },
    ours: () => {
      order.push("ours");
      return Promise.resolve(ourFigures.shift() ?? 0);
    },
  });
  expect(order).toEqual(["rival", "ours", "rival", "ours", "rival"]);
  expect(turns.perRound((figure) => figure)).toEqual([2, 3]);
});
