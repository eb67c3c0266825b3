import { AgentDefinition } from "@llamaagent/core";
import { expect, it } from "vitest";
import { createAgentReader } from "./agent-reader.ts";

const stored = (instructions: string) => ({
  definition: JSON.stringify(
    AgentDefinition.parse({ name: "a", model: "test/scripted", instructions }),
  ),
});

it("reads an agent once, however many runs it has", () => {
  const read = createAgentReader();
  const agent = read(stored("Be brief"));
  expect(agent).toMatchObject({ name: "a", instructions: "Be brief" });
  expect(read(stored("Be brief"))).toBe(agent);
  expect(read(stored("Be long"))).toMatchObject({ instructions: "Be long" });
});

it("keeps no more than 4 million characters of what it read", () => {
  const read = createAgentReader();
  const filling = (n: number) => stored(String(n).padEnd(150_000));
  const agent = read(filling(0));
  for (let n = 1; n < 26; n += 1) read(filling(n));
  expect(read(filling(0))).toBe(agent);
  for (let n = 1; n < 27; n += 1) read(filling(n));
  expect(read(filling(0))).not.toBe(agent);
});

it("says whose fault it is where it cannot read one, each time", () => {
  const read = createAgentReader();
  for (const definition of ["{}", "not JSON", "{}"])
    expect(() => read({ definition })).toThrow(
      expect.objectContaining({ code: "invalid_request", cause: expect.any(Error) }),
    );
});
