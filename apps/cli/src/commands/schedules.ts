import type { Schedule, ScheduleCreate, ScheduleFiring } from "@llamaagent/client";
import { actOnEach } from "../act-on-each.ts";
import type { PageOptions } from "../arguments/page-options.ts";
import { readJsonObject } from "../arguments/read-json-object.ts";
import type { ExitCode } from "../cli-error.ts";
import { details, jsonOf } from "../output/details.ts";
import { printOne } from "../output/print-one.ts";
import { printPages } from "../output/print-pages.ts";
import type { Column } from "../output/table.ts";
import type { Remote } from "../remote.ts";

const columns: Column<Schedule>[] = [
  { title: "SCHEDULE", value: (schedule) => schedule.schedule_id },
  { title: "CRON", value: (schedule) => schedule.cron },
  { title: "ZONE", value: (schedule) => schedule.timezone },
  { title: "NEXT", value: (schedule) => schedule.next_firings[0] ?? "disabled" },
  { title: "NAME", value: (schedule) => schedule.name, canShrink: true },
];

export function listSchedules(remote: Remote, options: PageOptions): Promise<void> {
  const { client, signal } = remote;
  return printPages(remote, options, {
    noun: "schedules",
    columns,
    page: (cursor, limit) =>
      client.schedules.list({ limit, signal, ...(cursor === undefined ? {} : { cursor }) }),
  });
}

export async function showSchedule(remote: Remote, id: string): Promise<void> {
  printSchedule(remote, await remote.client.schedules.get(id, remote));
}

export async function createSchedule(remote: Remote, file: string | undefined): Promise<void> {
  // The server says what is wrong with it, with pointers.
  const schedule = (await readJsonObject(file, remote.signal)) as unknown as ScheduleCreate;
  printSchedule(remote, await remote.client.schedules.create(schedule, remote));
}

export function enableSchedules(
  remote: Remote,
  { ids, enabled }: { ids: readonly string[]; enabled: boolean },
): Promise<ExitCode> {
  return actOnEach(remote, {
    ids,
    idField: "schedule_id",
    noun: "schedules",
    act: async (id) => {
      await remote.client.schedules.update(id, { enabled }, remote);
      return { outcome: enabled ? "enabled" : "disabled" };
    },
  });
}

export function deleteSchedules(remote: Remote, ids: readonly string[]): Promise<ExitCode> {
  return actOnEach(remote, {
    ids,
    idField: "schedule_id",
    noun: "schedules",
    act: async (id) => {
      await remote.client.schedules.delete(id, remote);
      return { outcome: "deleted" };
    },
  });
}

const firingColumns: Column<ScheduleFiring>[] = [
  { title: "DUE", value: (firing) => firing.due_at },
  { title: "OUTCOME", value: (firing) => firing.outcome },
  { title: "RUN", value: (firing) => firing.run_id },
  {
    title: "ERROR",
    value: ({ error }) => error && `${error.code}: ${error.detail}`,
    canShrink: true,
  },
];

export function listFirings(
  remote: Remote,
  { id, options }: { id: string; options: PageOptions },
): Promise<void> {
  const { client, signal } = remote;
  return printPages(remote, options, {
    noun: "firings",
    columns: firingColumns,
    page: (cursor, limit) =>
      client.schedules.firings(id, { limit, signal, ...(cursor === undefined ? {} : { cursor }) }),
  });
}

export interface PreviewOptions {
  timezone?: string;
  after?: string;
  count?: number;
}

export async function previewTimetable(
  remote: Remote,
  cron: string,
  { timezone, after, count }: PreviewOptions,
): Promise<void> {
  const firings = await remote.client.schedules.preview(
    {
      cron,
      ...(timezone === undefined ? {} : { timezone }),
      ...(after === undefined ? {} : { after }),
      ...(count === undefined ? {} : { count }),
    },
    remote,
  );
  printOne(remote, {
    value: firings,
    text: firings.next_firings.map((moment) => `${moment}\n`).join(""),
  });
}

function printSchedule(remote: Remote, schedule: Schedule): void {
  const text = details([
    ["schedule", schedule.schedule_id],
    ["name", schedule.name],
    ["cron", schedule.cron],
    ["timezone", schedule.timezone],
    ["missed", schedule.missed],
    ["enabled", schedule.enabled ? "yes" : "no"],
    ["run", JSON.stringify(schedule.run)],
    ["metadata", jsonOf(schedule.metadata)],
    ...schedule.next_firings.map((moment) => ["fires", moment] as const),
  ]);
  printOne(remote, { value: schedule, text });
}
