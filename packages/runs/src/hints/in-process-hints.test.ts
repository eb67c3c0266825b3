import { runHintsContract } from "@llamaagent/testing/run-hints.contract";
import { inProcessHints } from "./in-process-hints.ts";

runHintsContract("in-process hints", async () => inProcessHints());
