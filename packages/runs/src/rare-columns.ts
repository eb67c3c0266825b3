import type { AdmitRun } from "./new-run.ts";
import type { Column } from "./unnest-columns.ts";

/** A column of `runs` that few requests ask for. */
interface RareColumn {
  column: string;
  /** What is given for it. */
  name: string;
  type: string;
  of: (request: AdmitRun) => unknown;
  /** Given for those that do not ask for it. */
  absent?: unknown;
  /** SQL of the given one; absent: as it is. */
  value?: string;
}

const RARE: readonly RareColumn[] = [
  {
    column: "available_at",
    name: "after_seconds",
    type: "float8",
    of: ({ afterSeconds }) => afterSeconds,
    value: "now() + make_interval(secs => after_seconds)",
  },
  {
    column: "checkpoint_id",
    name: "checkpoint_id",
    type: "uuid",
    of: ({ checkpointId }) => checkpointId,
  },
  { column: "urgency", name: "urgency", type: "smallint", of: ({ urgency }) => urgency, absent: 0 },
  {
    column: "webhook",
    name: "webhook",
    type: "text",
    of: ({ webhook }) => webhook && JSON.stringify(webhook),
  },
  {
    column: "on_completion",
    name: "on_completion",
    type: "text",
    of: ({ onCompletion }) => onCompletion,
  },
];

/** Those that one of the requests asks for: the statement of all others has no column more. */
export function rareColumns(requests: readonly AdmitRun[]): {
  given: Column[];
  /** `value AS column` for a SELECT from what is given, each after a comma. */
  selected: string;
  /** Their names, each after a comma. */
  names: string;
  has: (column: string) => boolean;
} {
  const asked = RARE.filter(({ of }) => requests.some((request) => of(request) !== undefined));
  return {
    given: asked.map(({ name, type, of, absent = null }) => [
      name,
      type,
      requests.map((request) => of(request) ?? absent),
    ]),
    selected: asked.map(({ column, name, value = name }) => `, ${value} AS ${column}`).join(""),
    names: asked.map(({ column }) => `, ${column}`).join(""),
    has: (column) => asked.some((one) => one.column === column),
  };
}
