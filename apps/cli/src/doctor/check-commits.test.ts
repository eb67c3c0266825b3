import { expect, it } from "vitest";
import { checkCommits, checkReplication } from "./check-commits.ts";

const sound = {
  fsync: true,
  fullPageWrites: true,
  synchronousCommit: "on",
  synchronousStandbyNames: "",
  standbys: 0,
};
const both = (facts: typeof sound) => [checkCommits(facts), checkReplication(facts)];
const states = (changed: Partial<typeof sound>) =>
  both({ ...sound, ...changed }).map(({ status }) => status);

it("says what is off, and who has a copy", () => {
  expect(both(sound)).toEqual([
    {
      check: "commits",
      status: "ok",
      detail: "fsync on, synchronous_commit on, full_page_writes on",
    },
    { check: "replication", status: "ok", detail: "no standbys" },
  ]);
  expect(states({ fsync: false })).toEqual(["warn", "ok"]);
  expect(states({ fullPageWrites: false })).toEqual(["warn", "ok"]);
  expect(states({ synchronousCommit: "off" })).toEqual(["warn", "ok"]);
  expect(states({ standbys: 1 })).toEqual(["ok", "warn"]);
  expect(states({ standbys: 1, synchronousStandbyNames: "*" })).toEqual(["ok", "ok"]);
});

it("fails where every commit waits for a standby that is not there", () => {
  expect(checkReplication({ ...sound, synchronousStandbyNames: "one" })).toMatchObject({
    status: "fail",
    detail: "synchronous_standby_names 'one', but no standbys: every commit waits for one",
  });
  const local = { synchronousStandbyNames: "one", synchronousCommit: "local" };
  expect(states(local)).toEqual(["ok", "ok"]);
});
