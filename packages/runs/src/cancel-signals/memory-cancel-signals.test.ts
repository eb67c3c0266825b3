import { cancelSignalsContract } from "@llamaagent/testing/cancel-signals.contract";
import { memoryCancelSignals } from "./memory-cancel-signals.ts";

// One process has one end.
const signals = memoryCancelSignals();
cancelSignalsContract("cancel signals in memory", async () => signals);
