import { Agent } from "@llamaagent/core";
import { z } from "zod";

export const Info = z
  .object({
    version: z.string(),
    agent_protocol: z.string().describe("The version of the Agent Protocol that is served"),
    topology: z
      .enum(["embedded", "scaled"])
      .describe("`embedded`: all in one process; `scaled`: many, on Postgres and Redis"),
    features: z
      .array(z.string())
      .describe("What this server has routes for: their tags in `/openapi.json`, in small letters"),
    capabilities: Agent.shape.capabilities.describe("What every agent of this server can do"),
  })
  .meta({
    id: "Info",
    examples: [
      {
        version: "0.1.0",
        agent_protocol: "0.1.6",
        topology: "scaled",
        features: ["agents", "catalogue", "operations", "runs", "threads", "tools"],
        capabilities: { "ap.io.messages": true, "ap.io.streaming": true },
      },
    ],
  });
