import type { CallOptions } from "./call-options.ts";
import type {
  Schedule,
  ScheduleCreate,
  ScheduleFiringList,
  NextFirings,
  ScheduleList,
  SchedulePreview,
  ScheduleSearch,
} from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

/** A JSON merge patch: null takes a field away, objects are merged. */
export type ScheduleChanges = { [Field in keyof ScheduleCreate]?: ScheduleCreate[Field] | null };

export interface SchedulePageOptions extends CallOptions {
  /** Items in one page, 1–100. */
  limit?: number;
  /** `next_cursor` of the page before. */
  cursor?: string;
}

export interface SchedulesClient {
  create(schedule: ScheduleCreate, options?: CallOptions): Promise<Schedule>;
  get(scheduleId: string, options?: CallOptions): Promise<Schedule>;
  /** Another timetable holds from now on; so does `enabled: true`. */
  update(scheduleId: string, changes: ScheduleChanges, options?: CallOptions): Promise<Schedule>;
  /** The runs that it started go on. */
  delete(scheduleId: string, options?: CallOptions): Promise<void>;
  /** The newest first. */
  list(options?: SchedulePageOptions): Promise<ScheduleList>;
  search(search: ScheduleSearch, options?: CallOptions): Promise<ScheduleList>;
  /** When a timetable would fire; nothing is stored. */
  preview(timetable: SchedulePreview, options?: CallOptions): Promise<NextFirings>;
  /** What it did in the last 30 days, the newest first. */
  firings(scheduleId: string, options?: SchedulePageOptions): Promise<ScheduleFiringList>;
}

export function schedulesClient(runtime: Runtime): SchedulesClient {
  const path = (scheduleId: string) => `/schedules/${encodeURIComponent(scheduleId)}`;
  return {
    create: (json, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: "/schedules", json, signal }),
    get: (scheduleId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: path(scheduleId), signal }),
    update: (scheduleId, json, { signal } = {}) =>
      sendForJson(runtime, { method: "PATCH", path: path(scheduleId), json, signal }),
    delete: (scheduleId, { signal } = {}) =>
      sendForJson(runtime, { method: "DELETE", path: path(scheduleId), signal }),
    list: ({ signal, ...page } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `/schedules${query(page)}`, signal }),
    search: (json, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: "/schedules/search", json, signal }),
    preview: (json, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: "/schedules/preview", json, signal }),
    firings: (scheduleId, { signal, ...page } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `${path(scheduleId)}/firings${query(page)}`,
        signal,
      }),
  };
}
