import { describe, expect, it } from "vitest";
import { streamPosition } from "./stream-position.ts";

describe("streamPosition", () => {
  it("begins before the first event", () => {
    expect(streamPosition({ lastEventId: undefined, after: undefined })).toEqual({
      epoch: 0,
      seq: 0,
    });
  });

  it("takes either, and the header where both are given", () => {
    expect(streamPosition({ lastEventId: undefined, after: "1-2" })).toEqual({ epoch: 1, seq: 2 });
    expect(streamPosition({ lastEventId: "3-4", after: undefined })).toEqual({ epoch: 3, seq: 4 });
    expect(streamPosition({ lastEventId: "3-4", after: "1-2" })).toEqual({ epoch: 3, seq: 4 });
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
