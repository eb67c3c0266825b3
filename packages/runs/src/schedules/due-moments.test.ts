import { describe, expect, it } from "vitest";
import { dueMoments, type MissedPolicy } from "./due-moments.ts";

const each = (cron: string, missed: MissedPolicy, [from, now]: [string, string]) => {
  const timetable = { cron, timezone: "UTC" };
  const at = (time: string) => new Date(`2026-01-02T${time}Z`);
  const moments = dueMoments({ timetable, missed, from: at(from), now: at(now) });
  const time = (moment: Date | null | undefined) => moment?.toISOString().slice(11, 19);
  return { fire: moments.fire.map(time), missed: time(moments.missed), next: time(moments.next) };
};
const minutely = "* * * * *";

describe("dueMoments", () => {
  it.each(["skip", "one", "all"] as const)(
    "are all up to now where the oldest is at most a minute late, with '%s'",
    (policy) => {
      expect(each("*/30 * * * * *", policy, ["10:00:00", "10:01:00"])).toEqual({
        fire: ["10:00:00", "10:00:30", "10:01:00"],
        missed: undefined,
        next: "10:01:30",
      });
    },
  );

  const outage: [string, string] = ["10:00:00", "10:10:05"];
  it("are the newest one, or each, after an outage", () => {
    expect(each(minutely, "one", outage)).toEqual({
      fire: ["10:10:00"],
      missed: undefined,
      next: "10:11:00",
    });
    const { fire, next } = each(minutely, "all", outage);
    expect([fire.length, fire[0], fire.at(-1), next]).toEqual([
      11,
      "10:00:00",
      "10:10:00",
      "10:11:00",
    ]);
  });

  it("are, with 'skip', the newest one after an outage where it is not late itself", () => {
    expect(each(minutely, "skip", outage)).toEqual({
      fire: ["10:10:00"],
      missed: undefined,
      next: "10:11:00",
    });
    expect(each("0 * * * *", "skip", outage)).toEqual({
      fire: [],
      missed: "10:00:00",
      next: "11:00:00",
    });
    expect(each("0 * * * *", "one", outage).fire).toEqual(["10:00:00"]);
  });

  it("are the one that was due, where the timetable has none from then on", () => {
    const due: [string, string] = ["10:00:00", "10:10:00"];
    expect(each("0 9 * * *", "one", due)).toEqual({
      fire: ["10:00:00"],
      missed: undefined,
      next: "09:00:00",
    });
    expect(each("0 9 * * *", "skip", due).missed).toBe("10:00:00");
  });

  it("are a hundred at once; the next of them stays due", () => {
    const first = each("* * * * * *", "all", ["10:00:00", "10:05:00"]);
    expect([first.fire.length, first.fire.at(-1), first.next]).toEqual([
      100,
      "10:01:39",
      "10:01:40",
    ]);
  });

  it("are, with 'all', of the newest thousand; one entry says that those before are given up", () => {
    const late = each("* * * * * *", "all", ["10:00:00", "10:30:00"]);
    expect([late.missed, late.fire.length, late.fire[0], late.next]).toEqual([
      "10:13:20",
      100,
      "10:13:21",
      "10:15:01",
    ]);
    const one = each("* * * * * *", "all", ["10:13:20", "10:30:00"]);
    expect([one.missed, one.fire[0]]).toEqual(["10:13:20", "10:13:21"]);
    const all = each("* * * * * *", "all", ["10:13:21", "10:30:00"]);
    expect([all.missed, all.fire[0], all.next]).toEqual([undefined, "10:13:21", "10:15:01"]);
  });
});
