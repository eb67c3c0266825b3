import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder } from "../services/temporary-folder.ts";
import { type LoadedAnswer, type LoadedServer, startLoadedServer } from "./loaded-server.ts";
import { runScript } from "./run-script.ts";

const IMPORTS = `import { check, fail, sleep } from "k6"; import exec from "k6/execution";
import http from "k6/http"; import { Counter, Gauge, Rate, Trend } from "k6/metrics";\n`;

async function run(text: string, server?: LoadedServer, seconds = 0.5) {
  const folder = await temporaryFolder("k6-script");
  try {
    const file = join(folder.path, "script.mjs");
    await writeFile(file, IMPORTS + text);
    const env = { URL: server?.url ?? "" };
    return await runScript({ script: pathToFileURL(file), env, seconds });
  } finally {
    await folder.remove();
  }
}
const valuesOf = ({ series }: Awaited<ReturnType<typeof run>>, name: string) =>
  series.find(({ selector }) => selector.text === name)?.values;
const one = "scenarios: { load: { executor: 'constant-vus', duration: '1m' } }";
const seenPaths = ({ seen }: LoadedServer) => seen.map(({ path }) => path);

it("calls setup once, hands its data to every VU as JSON, and to teardown", async () => {
  await using server = await startLoadedServer(() => ({}));
  const result = await run(
    `export const options = { scenarios: { load: { executor: "constant-vus", vus: 3, duration: "1m" } } };
    export function setup() { http.get(__ENV.URL + "/setup"); return { at: new Date(0) }; }
    export default function (data) {
      http.get([__ENV.URL, exec.vu.idInTest, __ITER, data.at].join("/")); sleep(0.1);
    }
    export function teardown(data) { http.del(__ENV.URL + "/teardown/" + data.at); }`,
    server,
  );
  expect(result.exitCode).toBe(0);
  const paths = seenPaths(server);
  expect([paths[0], paths.at(-1)]).toEqual(["/setup", "/teardown/1970-01-01T00:00:00.000Z"]);
  const iterations = paths.slice(1, -1);
  expect(result.iterations).toEqual({ complete: iterations.length, interrupted: 0 });
  for (const vu of [1, 2, 3]) {
    const own = iterations.filter((path) => path.startsWith(`/${vu}/`));
    expect(own.length).toBeGreaterThan(0);
    expect(own).toEqual(own.map((_path, n) => `/${vu}/${n}/1970-01-01T00:00:00.000Z`));
  }
});

it("sends requests as they are given, and answers as k6 does", async () => {
  const answer: LoadedAnswer = {
    status: 503,
    json: { a: { b: 7 } },
    headers: { "retry-after": "1" },
  };
  await using server = await startLoadedServer(() => answer);
  const result = await run(
    `export const options = { ${one} };
    export default function () {
      const params = { headers: { "X-One": "1" }, tags: { name: "put_it" },
        responseCallback: http.expectedStatuses(503) };
      const response = http.put(__ENV.URL + "/it?x=1", "body", params);
      check(response, {
        status: (r) => r.status === 503, header: (r) => r.headers["Retry-After"] === "1",
        path: (r) => r.json("a.b") === 7 && r.json().a.b === 7 && r.json("a.c") === undefined,
        times: (r) => r.timings.waiting > 0 && r.timings.duration >= r.timings.waiting,
        wrong: () => false,
      });
      http.get(__ENV.URL + "/failed");
      sleep(60);
    }
    options.scenarios.load.gracefulStop = "0s";
    options.thresholds = {
      "http_req_failed{name:put_it}": ["rate==0"], http_req_failed: ["rate==0.5"],
      "http_reqs{status:503,scenario:load}": ["count==2"], checks: ["rate==0.8"],
    };`,
    server,
    2,
  );
  expect(server.seen[0]).toMatchObject({ method: "PUT", path: "/it?x=1", body: "body" });
  expect(server.seen[0]?.headers).toMatchObject({ "x-one": "1" });
  expect(result.judgements.filter(({ held }) => !held)).toEqual([]);
  expect(result.checks.get("wrong")).toEqual({ passed: 0, failed: 1 });
  // The sleep was cut short.
  expect(result.iterations).toEqual({ complete: 0, interrupted: 1 });
});

it("reports a request that is not answered, or not in time, as status 0", async () => {
  await using server = await startLoadedServer(() => ({ delayMs: 5000 }));
  const result = await run(
    `export const options = { ${one} };
    export default function () {
      check(http.get("http://127.0.0.1:1/"), { refused: (r) => r.status === 0 && r.error_code === 1000 });
      check(http.get(__ENV.URL, { timeout: "50ms" }), {
        late: (r) => r.status === 0 && r.error_code === 1050 && r.body === null });
    }`,
    server,
  );
  expect([...result.checks].filter(([, { failed }]) => failed > 0)).toEqual([]);
  expect([...result.checks.keys()]).toEqual(["refused", "late"]);
});

it("counts the script's own metrics by their types, with tags", async () => {
  const result = await run(
    `const trend = new Trend("t", true), rate = new Rate("r"), counter = new Counter("c"), gauge = new Gauge("g");
    export const options = { ${one}, thresholds: { "t{half:a}": ["max==5"], r: ["rate==0.5"], g: ["value==9"] } };
    export default function () {
      trend.add(5, { half: "a" }); trend.add(8, { half: "b" }); rate.add(true); rate.add(0);
      counter.add(2); gauge.add(9); sleep(1);
    }`,
  );
  expect(result.judgements.map(({ held }) => held)).toEqual([true, true, true]);
  expect([valuesOf(result, "t"), valuesOf(result, "c")]).toEqual([[5, 8], [2]]);
});

it("begins iterations at the rate, drops those that no VU is free for, and gets more VUs", async () => {
  const result = await run(
    `export const options = { scenarios: { load: { executor: "constant-arrival-rate", exec: "go",
      rate: 20, duration: "1m", preAllocatedVUs: 1, maxVUs: 3 } } };
    const numbers = new Trend("numbers");
    export function go() { numbers.add(exec.scenario.iterationInTest); sleep(30); }
    options.scenarios.load.gracefulStop = "0s";`,
    undefined,
    3,
  );
  expect(valuesOf(result, "numbers")).toHaveLength(3);
  expect(valuesOf(result, "numbers")?.[0]).toBe(0);
  expect(result.iterations.interrupted).toBe(3);
  // One for each VU more.
  expect(valuesOf(result, "dropped_iterations")?.length).toBeGreaterThan(2);
});

it("starts a scenario at its time, and ends VUs that ramp down", async () => {
  const result = await run(
    `export const options = { scenarios: {
      down: { executor: "ramping-vus", startVUs: 2, gracefulRampDown: "0s",
        stages: [{ duration: "30s", target: 2 }, { duration: "0s", target: 1 }, { duration: "30s", target: 1 }] },
      later: { executor: "constant-vus", startTime: "30s", duration: "30s", exec: "later" },
    } };
    options.scenarios.down.gracefulStop = "0s";
    const rises = new Rate("rises");
    export default function () { sleep(30); }
    export function later() {
      const { progress, name, startTime } = exec.scenario;
      sleep(0.05);
      rises.add(exec.scenario.progress > progress && name === "later" && startTime <= Date.now());
    }`,
    undefined,
    1,
  );
  // One by the ramp, one at the end.
  expect(result.iterations.interrupted).toBe(2);
  expect(valuesOf(result, "rises")?.length).toBeGreaterThan(0);
  expect(valuesOf(result, "rises")).not.toContain(0);
});

it("ends the load early where a threshold says so", async () => {
  const result = await run(
    `export const options = { scenarios: { load: { executor: "constant-vus", duration: "10s" } },
      thresholds: { checks: [{ threshold: "rate>0.9", abortOnFail: true }] } };
    export default function () { check(0, { never: () => false }); sleep(0.1); }`,
    undefined,
    30,
  );
  expect(result.exitCode).toBe(99);
  expect(result.seconds).toBeLessThan(20);
});

it("ends the test where the script says so", async () => {
  const result = await run(
    `export const options = { ${one} };
    export default function () { exec.test.abort("enough"); }`,
    undefined,
    30,
  );
  expect(result.exitCode).toBe(108);
  expect([...result.faults.keys()][0]).toBe("test aborted: enough");
  expect(result.seconds).toBeLessThan(20);
});

it("fails a script whose iterations throw, though k6 would only log it", async () => {
  const result = await run(
    `export const options = { ${one} };
    export default function () { sleep(0.1); undefined.run_id; }`,
  );
  expect(result.exitCode).toBe(107);
  expect([...result.faults.keys()]).toEqual([expect.stringContaining("TypeError")]);
});

it.each([
  ["a module without a double", 'import "k6/ws";', 107, "no double of 'k6/ws'"],
  [
    "a parameter without one",
    "export const x = http.get('http://x', { jar: 1 });",
    107,
    "no 'jar'",
  ],
  ["an init that throws", "throw new Error('at once');", 107, "at once"],
  ["no options", "export default function () {}", 104, "options"],
  [
    "a failed setup",
    `export const options = { ${one} }; export default () => {};
    export const setup = () => fail('not ready');`,
    107,
    "setup(): Error: not ready",
  ],
])("refuses %s", async (_name, text, exitCode, fault) => {
  await expect(run(text)).rejects.toMatchObject({
    exitCode,
    message: expect.stringContaining(fault),
  });
});
