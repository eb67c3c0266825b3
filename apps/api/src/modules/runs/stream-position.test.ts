import { describe, expect, it } from "vitest";
import { streamPosition } from "./stream-position.ts";

describe("streamPosition", () => {
  it("begins before the first event", () => {
    expect(streamPosition({ lastEventId: undefined, after: undefined })).toEqual({
      after: { epoch: 0, seq: 0 },
    });
  });

  it("takes either, and the header where both are given", () => {
    const [one, three] = [{ after: { epoch: 1, seq: 2 } }, { after: { epoch: 3, seq: 4 } }];
    expect(streamPosition({ lastEventId: undefined, after: "1-2" })).toEqual(one);
    expect(streamPosition({ lastEventId: "3-4", after: undefined })).toEqual(three);
    expect(streamPosition({ lastEventId: "3-4", after: "1-2" })).toEqual(three);
  });

  it("begins between the frames of one event", () => {
    expect(streamPosition({ lastEventId: undefined, after: "2-1.3" })).toEqual({
      after: { epoch: 2, seq: 0 },
      given: { of: { epoch: 2, seq: 1 }, frames: 3 },
    });
  });

  it.each(["1-0.1", "1-1.0", "1-1.", "1-1.10", "1-1.1.1", ".1"])("refuses %s", (after) => {
    expect(() => streamPosition({ lastEventId: undefined, after })).toThrow(
      expect.objectContaining({ code: "invalid_event_id" }),
    );
  });

  it("refuses either where it is no id, also the one that would not count", () => {
    expect(() => streamPosition({ lastEventId: "", after: undefined })).toThrow(
      expect.objectContaining({
        code: "invalid_event_id",
        errors: [{ pointer: "/headers/last-event-id", message: "is no event id" }],
      }),
    );
    expect(() => streamPosition({ lastEventId: "1-1", after: "x" })).toThrow(
      expect.objectContaining({ errors: [{ pointer: "/query/after", message: "is no event id" }] }),
    );
  });
});
