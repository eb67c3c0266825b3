import { CommanderError } from "commander";
import { expect, it } from "vitest";
import { chainHead } from "../arguments/chain-head.ts";
import { EXIT } from "../cli-error.ts";
import { auditVerifyCommand, type AuditVerifyOptions } from "./audit-verify.ts";

const hash = "0123456789abcdef".repeat(4);
const context = {
  env: {},
  terminal: {
    out: () => undefined,
    note: () => undefined,
    isOutLive: false,
    finishUnread: () => undefined,
  },
  signal: new AbortController().signal,
};

it.each<[string, AuditVerifyOptions]>([
  ["a tenant, of a server", { tenant: "0199a6f0-0000-7000-8000-000000000000" }],
  ["a head, of all chains", { database: true, expect: { seq: 1, hash } }],
])("refuses %s, before it opens anything", async (_what, options) => {
  await expect(auditVerifyCommand(context, options)).rejects.toMatchObject({
    exitCode: EXIT.usage,
  });
});

it("takes a head as it prints one", () => {
  expect(chainHead(`17:${hash}`)).toEqual({ seq: 17, hash });
  expect(chainHead(`0:${"0".repeat(64)}`)).toEqual({ seq: 0, hash: "0".repeat(64) });
  for (const text of ["17", `17:${hash}0`, `0:${hash}`, `-1:${hash}`, `17:${hash.toUpperCase()}`])
    expect(() => chainHead(text), text).toThrow(CommanderError);
});
