import { describe, expect, it } from "vitest";
import { currentTime, isTimeZone } from "./current-time.ts";

describe("currentTime", () => {
  it.each([
    ["UTC", "2026-07-01T00:05:09+00:00", "Wednesday"],
    ["Europe/Berlin", "2026-07-01T02:05:09+02:00", "Wednesday"],
    ["America/St_Johns", "2026-06-30T21:35:09-02:30", "Tuesday"],
  ])("writes the time of %s with its offset", (zone, local, weekday) => {
    const now = new Date("2026-07-01T00:05:09.123Z");
    expect(currentTime(now, zone)).toEqual({
      utc: "2026-07-01T00:05:09.123Z",
      time_zone: zone,
      local,
      weekday,
    });
  });
});

describe("isTimeZone", () => {
  it.each(["UTC", "Europe/Berlin", "america/new_york"])("knows %s", (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });
  it.each(["", "Mars/Olympus", "+01:00", "Europe/Berlin; x"])("refuses %j", (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });
});
