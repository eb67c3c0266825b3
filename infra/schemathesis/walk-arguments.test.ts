import { describe, expect, it } from "vitest";
import { walkArguments } from "./walk-arguments.ts";

describe("walkArguments", () => {
  it("walks for three minutes from a seed of its own where nothing is said", () => {
    expect(walkArguments([])).toEqual({ seconds: 210, seed: expect.any(Number), url: undefined });
    expect(walkArguments([])).not.toEqual(walkArguments([]));
  });

  it("takes a seed, a time and a server", () => {
    const args = ["--seed", "7", "--seconds=20", "--url", "http://localhost:8000"];
    expect(walkArguments(args)).toEqual({ seed: 7, seconds: 20, url: "http://localhost:8000" });
    expect(walkArguments(["-h"])).toBe("help");
  });

  it.each([[["--seconds", "0"]], [["--seconds", "long"]], [["--seed", "1.5"]], [["--sed", "1"]]])(
    "refuses %s",
    (args) => {
      expect(() => walkArguments(args)).toThrow(/--se/);
    },
  );
});
