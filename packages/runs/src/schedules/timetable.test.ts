import { describe, expect, it } from "vitest";
import { cronFault, isTimezone, momentsAfter, momentsUpTo } from "./timetable.ts";

const berlin = (cron: string) => ({ cron, timezone: "Europe/Berlin" });
const after = (cron: string, from: string, count: number): string[] =>
  momentsAfter(berlin(cron), new Date(from), count).map((moment) => moment.toISOString());

describe("momentsAfter", () => {
  it("takes five fields, and six with seconds", () => {
    expect(after("30 9 * * mon-fri", "2026-01-02T08:30:00Z", 2)).toEqual([
      "2026-01-05T08:30:00.000Z",
      "2026-01-06T08:30:00.000Z",
    ]);
    expect(after("* * * * * *", "2026-01-02T08:30:00.400Z", 2)).toEqual([
      "2026-01-02T08:30:01.000Z",
      "2026-01-02T08:30:02.000Z",
    ]);
  });

  describe("where the clocks are set forward, from 2 to 3 o'clock", () => {
    const eve = "2026-03-28T12:00:00Z";
    it("has a time of day that is passed over at the moment of the change, once", () => {
      expect(after("15,45 2 * * *", eve, 2)).toEqual([
        "2026-03-29T01:00:00.000Z",
        "2026-03-30T00:15:00.000Z",
      ]);
    });
    it("has an hour less of what goes by elapsed time", () => {
      expect(after("0 * * * *", "2026-03-29T00:00:00Z", 2)).toEqual([
        "2026-03-29T01:00:00.000Z",
        "2026-03-29T02:00:00.000Z",
      ]);
      expect(after("*/30 2 * * *", eve, 1)).toEqual(["2026-03-30T00:00:00.000Z"]);
    });
  });

  describe("where they are set back, from 3 to 2 o'clock", () => {
    const eve = "2026-10-24T12:00:00Z";
    it("has a time of day that comes twice the first time only", () => {
      expect(after("30 2 * * *", eve, 2)).toEqual([
        "2026-10-25T00:30:00.000Z",
        "2026-10-26T01:30:00.000Z",
      ]);
      expect(after("30 2 * * *", "2026-10-25T00:30:00Z", 1)).toEqual(["2026-10-26T01:30:00.000Z"]);
      expect(after("0 1-3 * * *", eve, 3)).toEqual([
        "2026-10-24T23:00:00.000Z",
        "2026-10-25T00:00:00.000Z",
        "2026-10-25T02:00:00.000Z",
      ]);
    });
    it("has both hours of what goes by elapsed time", () => {
      expect(after("0 * * * *", "2026-10-24T23:30:00Z", 3)).toEqual([
        "2026-10-25T00:00:00.000Z",
        "2026-10-25T01:00:00.000Z",
        "2026-10-25T02:00:00.000Z",
      ]);
    });
  });
});

describe("momentsUpTo", () => {
  it("is the one of this very moment, or the one before", () => {
    const newest = (until: string) => momentsUpTo(berlin("0 9 * * *"), new Date(until), 1)[0];
    expect(newest("2026-01-02T08:00:00Z")).toEqual(new Date("2026-01-02T08:00:00Z"));
    expect(newest("2026-01-02T07:59:59.999Z")).toEqual(new Date("2026-01-01T08:00:00Z"));
  });
});

describe("cronFault", () => {
  it.each(["* * * * *", "*/5 * * * * *", "0 0 L * *", "0 0 * * 5#2", "0 0 29 2 *"])(
    "finds none in '%s'",
    (cron) => expect(cronFault(cron)).toBeUndefined(),
  );
  it.each([
    ["", "must have five fields, or six with seconds first"],
    ["@daily", "must have five fields, or six with seconds first"],
    ["2026-03-30T00:00:00", "must have five fields, or six with seconds first"],
    ["* * * * * * *", "must have five fields, or six with seconds first"],
    ["60 * * * *", "Invalid value for minute: 60"],
    ["H * * * *", "configuration entry 1 (H) contains illegal characters."],
    ["\u0000 * * * *", "configuration entry 1 (\u0000) contains illegal characters."],
    ["0 0 30 2 *", "never comes: there is no such day"],
  ])("finds one in '%s'", (cron, fault) => expect(cronFault(cron)).toBe(fault));
});

describe("isTimezone", () => {
  it.each(["Europe/Berlin", "UTC", "Asia/Calcutta"])("takes %s", (name) =>
    expect(isTimezone(name)).toBe(true),
  );
  it.each(["", "Mars/Base", "+01:00", "local", "Europe/Berlin\u0000", "a".repeat(9_999)])(
    "refuses '%s'",
    (name) => expect(isTimezone(name)).toBe(false),
  );
});
