/**
 * The thread of one VU: loads the script with doubles in place of k6's modules, and calls its functions
 * as it is told. A thread each, because k6's requests and sleeps block.
 */
import { registerHooks } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { FromVu, VuCall, VuData } from "./protocol.ts";
import { openVuLink } from "./vu-link.ts";

const doubles: Readonly<Record<string, URL>> = {
  k6: new URL("../doubles/k6.ts", import.meta.url),
  "k6/execution": new URL("../doubles/execution.ts", import.meta.url),
  "k6/http": new URL("../doubles/http.ts", import.meta.url),
  "k6/metrics": new URL("../doubles/metrics.ts", import.meta.url),
};

registerHooks({
  resolve(specifier, context, next) {
    const double = doubles[specifier];
    if (double !== undefined) return { url: double.href, shortCircuit: true };
    if (/^k6(\/|$)/.test(specifier)) throw new Error(`the runner has no double of '${specifier}'`);
    return next(specifier, context);
  },
});

if (parentPort === null) throw new Error("this is the main module of a thread");
const port = parentPort;
const data = workerData as VuData; // of our own main thread
const link = openVuLink(data, port);
const tell = (message: FromVu): void => port.postMessage(message);
/** Of the script's global variables. */
const setGlobals = (variables: Record<string, unknown>): void =>
  void Object.assign(globalThis, variables);

setGlobals({ __ENV: data.env, __VU: data.id, __ITER: 0 });
const exported = (await import(data.script)) as Record<string, unknown>;
const functions = Object.keys(exported).filter((name) => typeof exported[name] === "function");
port.on("message", (call: VuCall) => void perform(call));
tell({ kind: "loaded", options: exported["options"], functions });

async function perform(call: VuCall): Promise<void> {
  link.place = call.place;
  setGlobals({ __ITER: call.place?.iterationInScenario ?? 0 });
  const startedAt = performance.now();
  const ms = (): number => performance.now() - startedAt;
  try {
    const called = exported[call.function];
    if (typeof called !== "function") throw new Error(`there is no function '${call.function}'`);
    const value: unknown = await called(...call.arguments);
    // As k6 hands on what setup() returns: by JSON.
    const json = JSON.stringify(value) as string | undefined;
    tell({ kind: "returned", value: json === undefined ? undefined : JSON.parse(json), ms: ms() });
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell({ kind: "threw", fault, ms: ms() });
  }
}
