import type { Metric, Sample } from "./metric.ts";
import { isSelected, type Selector } from "./selector.ts";

/** The samples of a metric, or of those that a selector chooses. */
export interface Series {
  selector: Selector;
  metric: Metric;
  /** In the order in which they came. */
  values: readonly number[];
}

export interface MetricStore {
  /** As k6, refuses a metric that is there with another type. */
  declare(metric: Metric): void;
  /** Throws where no metric has the name; samples that came before are not in it. */
  select(selector: Selector): Series;
  add(sample: Sample): void;
  all(): readonly Series[];
}

export function createMetricStore(builtIn: readonly Metric[]): MetricStore {
  const metrics = new Map<string, Metric>();
  const series: (Series & { values: number[] })[] = [];

  const open = (metric: Metric, selector: Selector): Series => {
    const found = series.find((one) => one.selector.text === selector.text);
    if (found !== undefined) return found;
    const opened = { selector, metric, values: [] };
    series.push(opened);
    return opened;
  };
  const store: MetricStore = {
    declare(metric) {
      const known = metrics.get(metric.name);
      if (known !== undefined && known.type !== metric.type)
        throw new Error(`the metric '${metric.name}' is a ${known.type}, not a ${metric.type}`);
      if (known !== undefined) return;
      metrics.set(metric.name, metric);
      open(metric, { text: metric.name, metric: metric.name, tags: {} });
    },
    select(selector) {
      const metric = metrics.get(selector.metric);
      if (metric === undefined)
        throw new Error(`'${selector.text}': there is no metric '${selector.metric}'`);
      return open(metric, selector);
    },
    add({ metric, value, tags }) {
      if (!metrics.has(metric)) throw new Error(`there is no metric '${metric}'`);
      for (const one of series)
        if (one.metric.name === metric && isSelected(one.selector, tags)) one.values.push(value);
    },
    all: () => series,
  };
  for (const metric of builtIn) store.declare(metric);
  return store;
}
