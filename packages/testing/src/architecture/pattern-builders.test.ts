import { expect, it } from "vitest";
import { patternBuilders } from "./pattern-builders.ts";
import { sourceFiles } from "./source-files.ts";

/**
 * No caller and no model gives a pattern that is run: wildcards of the file tools are matched in linear time
 * (packages/tools/src/files/wildcard.ts). These put together constants of their own. Whatever takes a pattern
 * from elsewhere gives it to an engine of linear time, and is tested with one that makes others go back for years.
 */
const OF_CONSTANTS = [
  "apps/api/src/modules/threads/media-type.ts",
  "apps/api/src/plugins/web-sockets.ts",
  "apps/cli/src/doctor/check-redis.ts",
  "packages/models/src/chat/offline/answer-fit.ts",
  "packages/models/src/chat/offline/question-words.ts",
  "packages/models/src/chat/offline/stem.ts",
  "packages/protection/src/pii/detectors/credentials/assigned-secrets.ts",
  "packages/protection/src/pii/detectors/credentials/vendor-keys.ts",
  "packages/protection/src/pii/detectors/national-id.ts",
  "packages/protection/src/pii/fold-text.ts",
  "packages/protection/src/pii/numbering-plans.ts",
  "packages/protection/src/pii/token-words.ts",
];

it("builds patterns of constants alone", () => {
  expect(patternBuilders(sourceFiles())).toEqual(OF_CONSTANTS);
});

it.each([
  "new RegExp(input.pattern)",
  "RegExp(`^${given}$`, 'i')",
  "z.fromJSONSchema(tool.parameters)",
  'import { Ajv2020 } from "ajv/dist/2020.js"',
  "SELECT FROM runs WHERE name ~ $1",
  "SELECT FROM runs WHERE name !~* $2",
  "SELECT FROM runs WHERE name SIMILAR TO $1",
  "SELECT regexp_replace(a, $1, '')",
])("finds %s in shipped code, and lets tests pass", (text) => {
  const files = [
    { path: "packages/runs/src/find.ts", text },
    { path: "packages/runs/src/find.test.ts", text },
    { path: "packages/runs/src/quiet.ts", text: "/^a+$/.test(name); // about ~1" },
  ];
  expect(patternBuilders(files)).toEqual(["packages/runs/src/find.ts"]);
});
