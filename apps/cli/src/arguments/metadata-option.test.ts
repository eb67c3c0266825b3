import { Command } from "commander";
import { expect, it } from "vitest";
import { metadataOption } from "./metadata-option.ts";

function metadata(...given: string[]): unknown {
  const command = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addOption(metadataOption("with this"));
  command.parse(
    given.flatMap((text) => ["--metadata", text]),
    { from: "user" },
  );
  return command.opts()["metadata"];
}

it("takes text after =, JSON after :=, and several", () => {
  expect(metadata("team=blue", "ticket:=17", 'tags:=["a"]', "url=http://a?b=c")).toEqual({
    team: "blue",
    ticket: 17,
    tags: ["a"],
    url: "http://a?b=c",
  });
  expect(metadata("n=17", "empty=")).toEqual({ n: "17", empty: "" });
});

it.each(["team", "=blue", "n:=1x"])("refuses %j", (text) => {
  expect(() => metadata(text)).toThrow(/must be/);
});
