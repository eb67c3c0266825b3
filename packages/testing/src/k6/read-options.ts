import { z } from "zod";
import type { MetricStore, Series } from "./metrics/series.ts";
import { parseSelector } from "./metrics/selector.ts";
import { parseThreshold, type Threshold } from "./metrics/threshold.ts";
import { ScriptOptions } from "./script-options.ts";
import { EXIT, ScriptRefused } from "./script-result.ts";

export interface JudgedThreshold {
  threshold: Threshold;
  series: Series;
  /** Undefined: it does not end the load. */
  abortAfterMs: number | undefined;
}

/** Refuses, before any load, what k6 would refuse, and what the runner would pass over. */
export function readOptions(exported: {
  options: unknown;
  functions: readonly string[];
}): ScriptOptions {
  const parsed = ScriptOptions.safeParse(exported.options);
  if (!parsed.success) throw refused(`options: ${z.prettifyError(parsed.error)}`);
  for (const [name, { exec }] of Object.entries(parsed.data.scenarios))
    if (!exported.functions.includes(exec))
      throw refused(`the scenario '${name}' names a function that is not exported: ${exec}`);
  if (exported.functions.includes("handleSummary"))
    throw refused("handleSummary: the runner would not call it");
  return parsed.data;
}

/** Opens the series that the thresholds are about: once all metrics are declared, before the load. */
export function openThresholds(options: ScriptOptions, store: MetricStore): JudgedThreshold[] {
  try {
    return Object.entries(options.thresholds).flatMap(([text, list]) => {
      const series = store.select(parseSelector(text));
      return list.map(({ threshold, abortOnFail, delayAbortEval }) => ({
        threshold: parseThreshold(threshold, series.metric.type),
        series,
        abortAfterMs: abortOnFail ? delayAbortEval : undefined,
      }));
    });
  } catch (error) {
    throw refused(`thresholds: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refused(message: string): ScriptRefused {
  return new ScriptRefused(EXIT.invalidOptions, message);
}
