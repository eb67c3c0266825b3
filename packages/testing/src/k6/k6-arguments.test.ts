import { expect, it } from "vitest";
import { HELP, k6Arguments } from "./k6-arguments.ts";

const read = (...args: string[]) => k6Arguments(args, { FROM: "outside", RATE: "1" });
const names = (scripts: URL[]) => scripts.map(({ pathname }) => pathname.split("/infra/k6/")[1]);

it("runs all scripts for half a minute, on servers of its own", () => {
  const asked = read();
  expect(asked).toMatchObject({ seconds: 30, url: undefined, help: false });
  expect(typeof asked === "string" ? asked : names(asked.scripts)).toEqual([
    "runs.js",
    "soak.js",
    "spike.js",
    "stream.js",
  ]);
});

it("takes scripts, seconds, variables over the environment's, and a URL", () => {
  const options = ["--seconds", "5", "-e", "RATE=2", "--env", "INPUT=a=b", "--url", "http://x"];
  const asked = read("stream", "infra/k6/runs.js", ...options);
  expect(asked).toMatchObject({
    seconds: 5,
    env: { FROM: "outside", RATE: "2", INPUT: "a=b" },
    url: "http://x",
  });
  expect(typeof asked === "string" ? asked : names(asked.scripts)).toEqual([
    "stream.js",
    "runs.js",
  ]);
});

it("names in its help every script that can be named", () => {
  const asked = read();
  for (const name of typeof asked === "string" ? [asked] : names(asked.scripts))
    expect(HELP).toContain(name?.replace(".js", ""));
});

it.each([
  [["nothing"], "there is no script 'nothing'"],
  [["--seconds", "0"], "--seconds is to be a whole number from 1 on, not '0'"],
  [["--seconds", "1m"], "--seconds is to be a whole number from 1 on, not '1m'"],
  [["-e", "RATE"], "--env is to be NAME=VALUE, not 'RATE'"],
  [["--vus", "3"], "Unknown option '--vus'"],
])("refuses %s in words", (args, fault) => {
  expect(read(...args)).toEqual(expect.stringContaining(fault));
});
