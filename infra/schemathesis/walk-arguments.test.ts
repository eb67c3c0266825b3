import { describe, expect, it } from "vitest";
import { walkArguments } from "./walk-arguments.ts";

describe("walkArguments", () => {
  it("walks for three minutes, and 20,000 requests, from a seed of its own where nothing is said", () => {
    const seed: unknown = expect.any(Number);
    expect(walkArguments([])).toEqual({ seconds: 210, requests: 20_000, seed, url: undefined });
    expect(walkArguments([])).not.toEqual(walkArguments([]));
  });

  it("takes a seed, a time and a server", () => {
    const args = ["--seed", "7", "--seconds=20", "--url", "http://localhost:8000"];
    const url = "http://localhost:8000";
    expect(walkArguments(args)).toEqual({ seed: 7, seconds: 20, requests: 1_000, url });
    expect(walkArguments([...args, "--requests=5"])).toMatchObject({ requests: 5 });
    expect(walkArguments(["-h"])).toBe("help");
  });

  it.each([
    [["--seconds", "0"]],
    [["--seconds", "long"]],
    [["--seed", "1.5"]],
    [["--sed", "1"]],
    [["--requests", "1e9x"]],
  ])("refuses %s", (args) => {
    expect(() => walkArguments(args)).toThrow(/--(se|requests)/);
  });
});
