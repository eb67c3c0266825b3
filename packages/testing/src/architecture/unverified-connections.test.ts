import { expect, it } from "vitest";
import { sourceFiles } from "./source-files.ts";
import { unverifiedConnections } from "./unverified-connections.ts";

it("has no connection verify less than Node does", () => {
  expect(unverifiedConnections(sourceFiles())).toEqual([]);
});

it.each([
  "new Agent({ connect: { rejectUnauthorized: false } })",
  "tls.connect({ checkServerIdentity: () => undefined })",
  'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"',
  "process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'",
])("finds %s in shipped code, and lets tests pass", (text) => {
  const files = [
    { path: "packages/runs/src/connect.ts", text },
    { path: "packages/runs/src/connect.test.ts", text },
    {
      path: "packages/core/src/quiet.ts",
      text: 'NODE_TLS_REJECT_UNAUTHORIZED: z.string() // === "0"',
    },
  ];
  expect(unverifiedConnections(files)).toEqual(["packages/runs/src/connect.ts"]);
});
