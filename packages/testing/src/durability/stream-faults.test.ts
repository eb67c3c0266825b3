import { describe, expect, it } from "vitest";
import type { ReadEvent } from "../api/read-events.ts";
import { messageFaults, orderFaults, replayFaults, toRunEvent } from "./stream-faults.ts";

const event = (id: string, data: object = {}, type = "usage.updated"): ReadEvent => ({
  id,
  event: type,
  data: JSON.stringify({ run_id: "r", at: "", ...data }),
});
const delta = (id: string, text: string, message = "m") =>
  event(id, { message_id: message, text }, "message.delta");
const completed = (id: string, content: string, message = "m") =>
  event(id, { message_id: message, content }, "message.completed");
const order = (...events: ReadEvent[]) => orderFaults(events.map(toRunEvent));
const messages = (...events: ReadEvent[]) => messageFaults(events.map(toRunEvent));

describe("orderFaults", () => {
  it("finds nothing where each event follows the one before, over epochs too", () => {
    const begun = [event("0-1"), event("1-1"), event("1-2"), event("1-3")];
    expect(order(...begun, event("2-1", { after: "1-2" }), event("2-2"))).toEqual([]);
    // An owner that wrote nothing leaves no trace.
    expect(order(...begun, event("4-1", { after: "1-3" }))).toEqual([]);
  });

  it.each([
    ["a gap", event("1-3")],
    ["a repeat", event("1-1")],
    ["an old event", event("0-1")],
    ["an epoch that does not begin at its beginning", event("2-2")],
    ["an epoch that follows what was not read", event("2-1", { after: "1-2" })],
    ["an epoch that does not say after what", event("2-1")],
  ])("finds %s", (_, next) => {
    expect(order(event("0-1"), event("1-1"), next)).toHaveLength(1);
  });

  it("finds a beginning that is missing", () => {
    expect(order(event("1-1"))).toEqual(["event 1-1 (after 0-1) follows 0-0"]);
  });
});

describe("messageFaults", () => {
  it("joins what holds: a message that began again has its new deltas only", () => {
    expect(
      messages(
        delta("1-1", "a"),
        delta("1-2", "b"),
        event("2-1", { after: "1-1", restarted: ["m"] }),
        delta("2-2", "c", "n"),
        completed("2-3", "c", "n"),
      ),
    ).toEqual([]);
  });

  it("finds a delta that is missing or doubled", () => {
    expect(messages(delta("1-1", "a"), completed("1-2", "ab"))).toHaveLength(1);
    expect(messages(delta("1-1", "a"), delta("1-2", "a"), completed("1-3", "a"))).toHaveLength(1);
  });

  it("finds what a completed run left open, where nothing says that it began again", () => {
    const cut = [delta("1-1", "a"), event("2-1", { after: "1-1", restarted: [] })];
    expect(messages(...cut, event("2-2", {}, "run.completed"))).toEqual(["m is incomplete"]);
    expect(messages(...cut, event("2-2", {}, "run.cancelled"))).toEqual([]);
  });
});

describe("replayFaults", () => {
  const [one, two] = [event("1-1"), event("1-2")];
  const next = event("2-1", { after: "1-1" });

  it("finds nothing where what holds is what is replayed", () => {
    expect(replayFaults([one, two, next], [one, next])).toEqual([]);
  });

  it("finds what differs by one byte, is missing, or is too much", () => {
    const changed = { ...next, data: next.data.replace("{", "{ ") };
    expect(replayFaults([one, two, next], [one, changed])).toHaveLength(1);
    expect(replayFaults([one], [one, two])).toEqual([
      `read nothing, replayed 1-2 usage.updated ${two.data}`,
    ]);
    expect(replayFaults([one, two], [one])).toHaveLength(1);
  });
});
