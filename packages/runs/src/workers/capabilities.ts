import { z } from "zod";

const names = z.array(z.string()).default([]);

/** What a worker says in its row that it has, by name; of an agent: what a worker must have to execute its runs. */
export const Capabilities = z.object({ providers: names, tools: names, prompting: names });
export type Capabilities = z.infer<typeof Capabilities>;
