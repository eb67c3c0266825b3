import { Cron } from "croner";

/** When a schedule fires. */
export interface Timetable {
  /** Five fields, or six with seconds first. */
  cron: string;
  /** IANA name. */
  timezone: string;
}

/**
 * A time of day that clocks pass over in spring comes at the moment of the change, one that they show
 * twice in autumn comes the first time; what has a `*` or a step in it goes by elapsed time.
 */
const open = ({ cron, timezone }: Timetable): Cron =>
  new Cron(cron, { mode: "5-or-6-parts", fixedTimeRule: "no-wildcard", timezone });

/** Why this is no cron expression, in words; undefined where it is one. */
export function cronFault(cron: string): string | undefined {
  // What is not a list of fields croner takes for a date, or for a name such as @daily.
  const fields = cron.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6) return "must have five fields, or six with seconds first";
  try {
    const [first] = open({ cron, timezone: "UTC" }).nextRuns(1);
    return first === undefined ? "never comes: there is no such day" : undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.replace(/^\w+: /, "");
  }
}

/** Whether this is the name of a time zone, in the database that Node brings. */
export function isTimezone(name: string): boolean {
  // Offsets, which Intl takes too, know no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

/** So many moments after this one, itself not among them, in order. */
export function momentsAfter(timetable: Timetable, after: Date, count: number): Date[] {
  return open(timetable).nextRuns(count, after);
}

/** So many of the newest moments up to this one, itself among them, the newest first. */
export function momentsUpTo(timetable: Timetable, until: Date, count: number): Date[] {
  return open(timetable).previousRuns(count, new Date(until.getTime() + 1));
}
