import { assertNever } from "@llamaagent/core";
import { momentsAfter, momentsUpTo, type Timetable } from "./timetable.ts";

/** What becomes of moments that passed while nothing could fire. */
export type MissedPolicy = "skip" | "one" | "all";

export interface DueMoments {
  /** To be fired now, oldest first. */
  fire: Date[];
  /** The newest of those that are given up and have no other fired in their place. */
  missed?: Date;
  /** The first moment that is not dealt with: may be due as well, where there are many. */
  next: Date | null;
}

/** A hiccup, such as a killed worker or a restart: until then nothing is missed. */
const MISSED_AFTER_MS = 60_000;
/** Runs that one transaction admits. */
const MOMENTS_MAX = 100;
/** What `all` makes up for: each second of a quarter of an hour, each minute of most of a day. */
const MADE_UP_MAX = 1_000;

/** `from`: the oldest moment that has not been dealt with, at most `now`. */
export function dueMoments(options: {
  timetable: Timetable;
  missed: MissedPolicy;
  from: Date;
  now: Date;
}): DueMoments {
  const { timetable, missed, from, now } = options;
  const isLate = (moment: Date): boolean => now.getTime() - moment.getTime() > MISSED_AFTER_MS;
  const policy = isLate(from) ? missed : "all";
  if (policy === "all") {
    const first = firstMoments(timetable, from, now);
    if (first.fire.length < MOMENTS_MAX) return first;
    const newest = momentsUpTo(timetable, now, MADE_UP_MAX + 1);
    const [oldest, givenUp] = newest.slice(MADE_UP_MAX - 1);
    if (oldest === undefined || givenUp === undefined || givenUp < from) return first;
    return { ...firstMoments(timetable, oldest, now), missed: givenUp };
  }
  const found = momentsUpTo(timetable, now, 1)[0] ?? from;
  // Where the rules of the zone have changed since, there may be none from then on.
  const newest = found < from ? from : found;
  const next = momentsAfter(timetable, newest, 1)[0] ?? null;
  switch (policy) {
    case "one":
      return { fire: [newest], next };
    case "skip":
      return isLate(newest) ? { fire: [], missed: newest, next } : { fire: [newest], next };
    default:
      return assertNever(policy);
  }
}

function firstMoments(timetable: Timetable, from: Date, now: Date): DueMoments {
  const moments = [from, ...momentsAfter(timetable, from, MOMENTS_MAX)];
  const fire = moments.slice(0, MOMENTS_MAX).filter((moment) => moment <= now);
  return { fire, next: moments[fire.length] ?? null };
}
