/** The fake model of the chaos experiments as a process of its own; prints its URL once it listens. */
import { plannedTurn } from "./chaos/plan/run-plan.ts";
import { startFakeOpenAi } from "./fake-openai.ts";

const fake = await startFakeOpenAi({ script: plannedTurn });
process.stdout.write(`${fake.url}\n`);
process.once("SIGTERM", () => void fake.close());
