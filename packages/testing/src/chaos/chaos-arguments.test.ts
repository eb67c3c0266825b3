import { expect, it } from "vitest";
import { chaosArguments, helpText } from "./chaos-arguments.ts";
import { defineExperiment } from "./experiment.ts";

const experiments = [1, 4].map((number) =>
  defineExperiment({ number, name: `number ${number}`, run: async () => ({ atLeast: 1 }) }),
);
const read = (...args: string[]) => chaosArguments(args, experiments);

it("runs all in the short form, once", () => {
  expect(read()).toMatchObject({ chosen: experiments, form: "short", repeat: 1, help: false });
});

it("lists the experiments that can be chosen", () => {
  expect(helpText(experiments)).toContain("\nExperiments:\n   1  number 1\n   4  number 4\n");
});

it("takes form, choice, repetitions, seed and file", () => {
  const args = ["--long", "--only", "4", "--repeat", "3", "--seed", "7", "--json", "out.json"];
  expect(read(...args)).toEqual({
    chosen: [experiments[1]],
    form: "long",
    repeat: 3,
    seed: 7,
    json: "out.json",
    help: false,
  });
});

it.each([
  [["--only", "2"], "there is no experiment '2'"],
  [["--repeat", "0"], "--repeat is to be a whole number from 1 on, not '0'"],
  [["--seed", "x"], "--seed is to be a whole number from 0 on, not 'x'"],
  [["--wide"], "Unknown option '--wide'"],
])("refuses %s in words", (args, fault) => {
  expect(read(...args)).toEqual(expect.stringContaining(fault));
});
