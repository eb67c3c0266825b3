import { type Act, recordAct } from "@llamaagent/auth";
import {
  createSchedule,
  deleteSchedule,
  findSchedule,
  listFirings,
  momentsAfter,
  type ScheduleDefinition,
  searchSchedules,
  updateSchedule,
} from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { acted, actorOf } from "../../acted.ts";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { patchedSchedule, runnableSchedule } from "./schedule-definition.ts";
import {
  FiringList,
  FiringsQuery,
  Schedule,
  ScheduleCreate,
  NextFirings,
  ScheduleList,
  ScheduleListQuery,
  ScheduleParams,
  SchedulePatch,
  SchedulePreview,
  ScheduleSearch,
} from "./schedules.schemas.ts";

const tags = ["Schedules"];

export function scheduleRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { db, newId, clock } = api.context;
  const trial = () => ({ runId: newId(), at: clock.now() });
  return async (app) => {
    app.post(
      "/schedules",
      {
        config: { permission: "schedules:write", act: "schedules.create" },
        schema: {
          tags,
          operationId: "create_schedule",
          summary: "Create a schedule: it starts a run at each moment of a timetable",
          body: ScheduleCreate,
          response: {
            201: jsonResponse("The schedule, with its next firings", Schedule, ["location"]),
            ...problemResponses(...jsonBodyProblems, "not_found", "conflict", "not_available"),
          },
        },
      },
      async (request, reply) => {
        const scheduleId = newId();
        const wanted = {
          scheduleId,
          principal: request.principal,
          trial: trial(),
          ...runnableSchedule(api.admission, request.body),
        };
        const schedule = await acted(db, request, {
          work: (tx) => createSchedule(tx, wanted),
          about: aboutSchedule,
        });
        return reply.status(201).header("location", `/schedules/${scheduleId}`).send(schedule);
      },
    );

    app.get(
      "/schedules",
      {
        config: { permission: "schedules:read" },
        schema: {
          tags,
          operationId: "list_schedules",
          summary: "List schedules, the newest first",
          querystring: ScheduleListQuery,
          response: {
            200: jsonResponse("One page of schedules", ScheduleList),
            ...problemResponses(),
          },
        },
      },
      async ({ query, principal }) => searched(principal.tenantId, query),
    );

    app.post(
      "/schedules/search",
      {
        config: { permission: "schedules:read" },
        schema: {
          tags,
          operationId: "search_schedules",
          summary: "Search schedules by name, state and metadata, the newest first",
          body: ScheduleSearch,
          response: {
            200: jsonResponse("One page of schedules", ScheduleList),
            ...problemResponses(...jsonBodyProblems),
          },
        },
      },
      async ({ body, principal }) => searched(principal.tenantId, body),
    );

    app.post(
      "/schedules/preview",
      {
        config: { permission: "schedules:read" },
        schema: {
          tags,
          operationId: "preview_schedule",
          summary: "Say when a timetable would fire, without storing it",
          body: SchedulePreview,
          response: {
            200: jsonResponse("Its next moments", NextFirings),
            ...problemResponses(...jsonBodyProblems),
          },
        },
      },
      async ({ body: { after, count, ...timetable } }) => {
        const from = after === undefined ? clock.now() : new Date(after);
        const moments = momentsAfter(timetable, from, count);
        return { next_firings: moments.map((moment) => moment.toISOString()) };
      },
    );

    app.get(
      "/schedules/:schedule_id",
      {
        config: { permission: "schedules:read" },
        schema: {
          tags,
          operationId: "get_schedule",
          summary: "Read a schedule",
          params: ScheduleParams,
          response: {
            200: jsonResponse("The schedule as it is now", Schedule),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }) =>
        db.tenant(principal.tenantId, (tx) => findSchedule(tx, params.schedule_id)),
    );

    app.patch(
      "/schedules/:schedule_id",
      {
        config: { permission: "schedules:write", act: "schedules.update" },
        schema: {
          tags,
          operationId: "update_schedule",
          summary: "Change, enable or disable a schedule; another timetable holds from now on",
          params: ScheduleParams,
          body: SchedulePatch,
          response: {
            200: jsonResponse("The schedule as it is now", Schedule),
            ...problemResponses(...jsonBodyProblems, "not_found", "not_available"),
          },
        },
      },
      async (request) => {
        const { params, body, principal } = request;
        const update = {
          scheduleId: params.schedule_id,
          principal,
          trial: trial(),
          change: (current: ScheduleDefinition) => patchedSchedule(api.admission, current, body),
        };
        return acted(db, request, {
          work: (tx) => updateSchedule(tx, update),
          about: aboutSchedule,
        });
      },
    );

    app.delete(
      "/schedules/:schedule_id",
      {
        config: { permission: "schedules:write", act: "schedules.delete" },
        schema: {
          tags,
          operationId: "delete_schedule",
          summary: "Delete a schedule and its log; the runs that it started go on",
          params: ScheduleParams,
          response: {
            204: z.undefined().describe("Deleted: it starts nothing more"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async (request, reply) => {
        const { tenantId } = request.principal;
        const { schedule_id: scheduleId } = request.params;
        const target = { type: "schedule", id: scheduleId };
        await deleteSchedule(db, { tenantId, scheduleId }, (tx) =>
          recordAct(tx, actorOf(request), { action: "schedules.delete", target }),
        );
        return reply.status(204).send();
      },
    );

    app.get(
      "/schedules/:schedule_id/firings",
      {
        config: { permission: "schedules:read" },
        schema: {
          tags,
          operationId: "list_schedule_firings",
          summary: "List what a schedule did in the last 30 days, the newest first",
          params: ScheduleParams,
          querystring: FiringsQuery,
          response: {
            200: jsonResponse("One page of the log", FiringList),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, query: { limit, cursor }, principal }) => {
        const found = await db.tenant(principal.tenantId, (tx) =>
          listFirings(tx, params.schedule_id, {
            limit: limit + 1,
            before: cursor === undefined ? undefined : new Date(cursor),
          }),
        );
        return pageOf(found, limit, ({ due_at: dueAt }) => dueAt);
      },
    );
  };

  async function searched(
    tenantId: string,
    { limit, cursor, ...filter }: z.infer<typeof ScheduleSearch>,
  ) {
    const found = await db.tenant(tenantId, (tx) =>
      searchSchedules(tx, { ...filter, limit: limit + 1, before: cursor }),
    );
    return pageOf(found, limit, ({ schedule_id: id }) => id);
  }
}

/** Not what its runs are told. */
function aboutSchedule({
  schedule_id: id,
  name,
  cron,
  timezone,
  enabled,
}: ScheduleDefinition & { schedule_id: string }): Omit<Act, "action"> {
  return { target: { type: "schedule", id }, detail: { name, cron, timezone, enabled } };
}
