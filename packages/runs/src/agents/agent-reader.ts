import { type AgentDefinition, AppError } from "@llamaagent/core";
import { LRUCache } from "lru-cache";
import type { ClaimedRun } from "../claim-run.ts";
import { toDefinition } from "./agent-row.ts";

const CHARACTERS_MAX = 4_000_000;

/** The agent of a claimed run. Error: `invalid_request` for one that this version cannot read. */
export type AgentReader = (claimed: Pick<ClaimedRun, "definition">) => AgentDefinition;

/**
 * Keeps what it read, by the stored text, so many characters of it at most: a worker executes the same few
 * agents again and again, and to parse a definition takes 0.1 ms.
 */
export function createAgentReader(): AgentReader {
  const definitions = new LRUCache<string, AgentDefinition>({
    maxSize: CHARACTERS_MAX,
    sizeCalculation: (_definition, text) => text.length,
    memoMethod: toDefinition,
  });
  return ({ definition }) => {
    try {
      return definitions.memo(definition);
    } catch (cause) {
      throw new AppError("invalid_request", {
        detail: "This worker's version cannot read the agent's definition",
        cause,
      });
    }
  };
}
