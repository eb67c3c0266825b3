import { expect, it } from "vitest";
import { judgeRoundTrip } from "./check-redis.ts";

it("warns of a Redis that is far away", () => {
  expect(judgeRoundTrip(0.449)).toEqual({
    check: "redis round trip",
    status: "ok",
    detail: "0.4 ms",
  });
  expect(judgeRoundTrip(100).status).toBe("warn");
});
