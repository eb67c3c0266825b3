import { z } from "zod";
import { RunCreate } from "./run-create.schemas.ts";

const { input, messages, metadata, multitask_strategy } = RunCreate.shape;

export const RunFork = z
  .strictObject({
    input: input.describe("In the place of the run's input and messages"),
    messages: messages.describe("In the place of the run's messages"),
    metadata: metadata.unwrap().optional().describe("Left out: the run's"),
    multitask_strategy,
  })
  .meta({ id: "RunFork", examples: [{ input: "The same, but shorter" }] });
export type RunFork = z.infer<typeof RunFork>;
