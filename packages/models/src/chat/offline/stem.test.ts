import { expect, it } from "vitest";
import { stem } from "./stem.ts";

// The examples of Porter's paper and of its published vocabulary.
it.each([
  ["caresses", "caress"],
  ["ponies", "poni"],
  ["agreed", "agre"],
  ["plastered", "plaster"],
  ["motoring", "motor"],
  ["hopping", "hop"],
  ["falling", "fall"],
  ["filing", "file"],
  ["happy", "happi"],
  ["sky", "sky"],
  ["relational", "relat"],
  ["vietnamization", "vietnam"],
  ["triplicate", "triplic"],
  ["hopefulness", "hope"],
  ["adjustment", "adjust"],
  ["adoption", "adopt"],
  ["controlling", "control"],
  ["installation", "instal"],
  ["install", "instal"],
  ["yes", "ye"],
  ["is", "is"],
  ["straße", "straße"],
])("%s → %s", (word, expected) => {
  expect(stem(word)).toBe(expected);
});
