import { type Agent, type Client, isLlamaAgentError } from "@llamaagent/client";
import { CliError, EXIT } from "../cli-error.ts";

const NAME = "demo";

const definition = {
  description: "Answers questions about the files of a thread",
  instructions:
    "Answer from the files, which you read and search with your tools. Quote the lines that the answer rests on, with the file's name and the line's number. If the files do not answer the question, say so.",
  tools: ["read_file", "list_files", "search_files", "calculator", "current_time"],
};

/** The sample agent on this model: made by the first demo, found by later ones. */
export async function demoAgent(
  client: Client,
  model: string,
  signal: AbortSignal,
): Promise<Agent> {
  try {
    const found = await client.agents.get(NAME, { signal }).catch((error: unknown) => {
      if (isLlamaAgentError(error) && error.status === 404) return undefined;
      throw error;
    });
    if (!found) return await client.agents.create({ name: NAME, model, ...definition }, { signal });
    return isAsDefined(found, model)
      ? found
      : await client.agents.update(NAME, { model, ...definition }, { signal });
  } catch (error) {
    if (!isLlamaAgentError(error)) throw error;
    const fault = error.errors.find(({ pointer }) => pointer === "/model");
    if (!fault) throw error;
    throw new CliError(`--model ${model}: ${fault.message}`, EXIT.usage, { cause: error });
  }
}

function isAsDefined(agent: Agent, model: string): boolean {
  return (
    agent.model === model &&
    agent.instructions === definition.instructions &&
    agent.tools.join() === definition.tools.join()
  );
}
