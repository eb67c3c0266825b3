import { START, type StoredEvent } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { expect, it } from "vitest";
import { createRunFollower } from "./follow-run.ts";

onEachDatabase((database) => {
  it("gives a slow reader what its buffer had no room for and only the tail has", async () => {
    const runs = await createRunsFixture(database());
    const { fence } = await runs.claimed();
    const { db, tail, clock } = runs.context;
    const follower = createRunFollower({ db, tail, clock, onError: () => undefined });
    const { signal } = new AbortController();
    const reading = follower.follow(fence, { after: START, signal });
    expect((await reading.next()).value?.id).toBe("0-1");
    const event = (seq: number): StoredEvent => ({
      id: `1-${seq}`,
      type: "message.delta",
      data: JSON.stringify({ text: "x".repeat(1_024) }),
    });
    const publish = (seq: number) => tail.publish([{ ...fence, events: [event(seq)] }]);
    await publish(1);
    // Behind it what comes is announced to the reader, and no longer read.
    expect((await reading.next()).value).toEqual(event(1));
    // Four times what its buffer, or a page of the tail, takes.
    for (let seq = 2; seq <= 256; seq += 1) await publish(seq);
    for (let seq = 2; seq <= 256; seq += 1)
      expect((await reading.next()).value).toEqual(event(seq));
    await follower.close();
  });
});
