import type { Benchmark } from "../benchmark.ts";
import { authentication } from "./authentication.ts";
import { admission } from "./admission.ts";
import { chunks } from "./chunks.ts";
import { firstEvent } from "./first-event.ts";
import { goodput } from "./goodput.ts";
import { overhead } from "./overhead.ts";
import { scaling } from "./scaling.ts";
import { simpleRunCounts } from "./simple-run-counts.ts";
import { streams } from "./streams.ts";
import { tailLoad } from "./tail-load.ts";
import { throughputCpu } from "./throughput-cpu.ts";

/** In the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  admission,
  throughputCpu,
  overhead,
  firstEvent,
  scaling,
  streams,
  simpleRunCounts,
  chunks,
  tailLoad,
  goodput,
  authentication,
];
