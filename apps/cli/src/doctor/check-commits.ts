import { type CheckResult, fail, ok, warn } from "./check.ts";
import { type CommitFacts, waitsForStandby } from "./promises/facts.ts";

const ADVICE = "what that means is said with the promises";

/** When a commit is on disk. */
export function checkCommits(facts: CommitFacts): CheckResult {
  const { fsync, synchronousCommit, fullPageWrites } = facts;
  const onOff = (isOn: boolean) => (isOn ? "on" : "off");
  const detail = `fsync ${onOff(fsync)}, synchronous_commit ${synchronousCommit}, full_page_writes ${onOff(fullPageWrites)}`;
  return fsync && fullPageWrites && synchronousCommit !== "off"
    ? ok("commits", detail)
    : warn("commits", detail, ADVICE);
}

/** Who else has it. */
export function checkReplication(facts: CommitFacts): CheckResult {
  const count = facts.standbys === 1 ? "1 standby" : `${facts.standbys || "no"} standbys`;
  if (!waitsForStandby(facts))
    return facts.standbys === 0
      ? ok("replication", count)
      : warn("replication", `${count}, for which no commit waits`, ADVICE);
  const names = `synchronous_standby_names '${facts.synchronousStandbyNames}'`;
  return facts.standbys > 0
    ? ok("replication", `${count}, ${names}`)
    : fail(
        "replication",
        `${names}, but ${count}: every commit waits for one`,
        "start the standby, or empty synchronous_standby_names",
      );
}
