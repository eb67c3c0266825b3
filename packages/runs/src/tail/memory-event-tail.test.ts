import { runEventTailContract } from "@llamaagent/testing/run-event-tail.contract";
import { memoryEventTail } from "./memory-event-tail.ts";

runEventTailContract("the tail in memory", async () => memoryEventTail());
