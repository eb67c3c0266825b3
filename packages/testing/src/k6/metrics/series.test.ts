import { expect, it } from "vitest";
import { parseSelector } from "./selector.ts";
import { createMetricStore } from "./series.ts";

const store = () =>
  createMetricStore([{ name: "took", type: "trend", unit: "ms", part: "CUSTOM" }]);

it("keeps the samples of a metric, and of those that carry the tags", () => {
  const metrics = store();
  const ofGet = metrics.select(parseSelector("took{method: GET, name :get_run}"));
  metrics.add({
    metric: "took",
    value: 1,
    tags: { method: "GET", name: "get_run", status: "200" },
  });
  metrics.add({ metric: "took", value: 2, tags: { method: "GET", name: "other" } });
  expect(ofGet.values).toEqual([1]);
  expect(metrics.select(parseSelector("took")).values).toEqual([1, 2]);
});

it("keeps each metric's samples apart, and refuses those of none", () => {
  const metrics = store();
  metrics.declare({ name: "sent", type: "counter", part: "CUSTOM" });
  metrics.add({ metric: "sent", value: 3, tags: {} });
  expect(metrics.all().map(({ values }) => values)).toEqual([[], [3]]);
  expect(() => metrics.add({ metric: "lost", value: 1, tags: {} })).toThrow("no metric 'lost'");
});

it("takes a metric that is declared again, by each VU, but not as another", () => {
  const metrics = store();
  metrics.declare({ name: "took", type: "trend", part: "CUSTOM" });
  expect(metrics.all()).toHaveLength(1);
  expect(() => metrics.declare({ name: "took", type: "rate", part: "CUSTOM" })).toThrow(
    "'took' is a trend, not a rate",
  );
});
