import {
  type AgentDefinition,
  type AgentEvent,
  AppError,
  type ChatRequest,
  type ChatResponse,
  type Message,
  type ToolCall,
  toolMessage,
} from "@llamaagent/core";
import { askModel } from "./ask-model.ts";
import { callTools } from "./call-tools.ts";
import type { AgentOutcome, AgentPorts, AgentTask } from "./ports.ts";
import { toolCallIds, uniqueToolCalls } from "./unique-tool-calls.ts";

/** Each a tool of its own, side by side: more is no plan of a model but a fault of it. */
const MAX_CALLS_PER_ANSWER = 128;

const MIN_MODEL_OUTPUT_TOKENS = 4_096;

/**
 * The agent loop: prompt → model ⇄ tools → answer. Equal answers of the ports give equal events and
 * an equal outcome, but for the order in which parallel tool calls end: that is what lets a journal
 * replay it. The time limit is the caller's signal. Throws `budget_exceeded` before a model call
 * once `max_tokens` are used, and whatever a port throws; a failed tool is an answer to the model.
 */
export async function* runAgent(options: {
  agent: AgentDefinition;
  task: AgentTask;
  ports: AgentPorts;
  signal: AbortSignal;
}): AsyncGenerator<AgentEvent, AgentOutcome> {
  const { agent, task, ports, signal } = options;
  const { max_steps, max_tokens } = agent.limits;
  const tools = ports.tools
    .list()
    .map(({ name, description, parameters }) => ({ name, description, parameters }));
  const prompt = ports.prompting.buildMessages(task.messages, {
    agent,
    tools,
    history: task.history,
    files: task.files,
  });
  const taken = new Set(toolCallIds(prompt));
  const messages: Message[] = [];
  const usage = { input_tokens: 0, output_tokens: 0 };
  let output = "";

  for (let modelCall = 0; modelCall < max_steps; modelCall++) {
    signal.throwIfAborted();
    const used = usage.input_tokens + usage.output_tokens;
    if (used >= max_tokens)
      throw new AppError("budget_exceeded", {
        detail: `The run used ${used} of its ${max_tokens} tokens`,
      });
    const step = `model/${modelCall}`;
    const messageId = ports.messageId(step);
    const request: ChatRequest = {
      messages: [...prompt, ...messages],
      tools,
      // A provider refuses a bound above the model's own, which is 4,096 or more everywhere.
      ...(max_tokens - used < MIN_MODEL_OUTPUT_TOKENS
        ? { maxOutputTokens: max_tokens - used }
        : {}),
    };
    const response = yield* askModel({ request, step, messageId, model: ports.model, signal });
    if (response.tool_calls.length > MAX_CALLS_PER_ANSWER)
      throw new AppError("model_answer_invalid", {
        detail: `The model asked for ${response.tool_calls.length} tool calls at once; at most ${MAX_CALLS_PER_ANSWER}`,
      });
    const calls = uniqueToolCalls(response.tool_calls, { modelCall, taken });
    const answer = assistantMessage(messageId, response, calls);
    messages.push(answer.message);
    yield { ...answer.event, step };
    output = response.content;
    usage.input_tokens += response.usage.input_tokens;
    usage.output_tokens += response.usage.output_tokens;
    yield { type: "usage.updated", data: { ...usage } };
    if (calls.length === 0) return { stop_reason: "completed", output, messages, usage };

    // Also after the last model call: a thread must not go on from calls without answers.
    const results = yield* callTools({ calls, modelStep: step, tools: ports.tools, signal });
    for (const [index, call] of calls.entries()) {
      const result = results[index];
      if (result !== undefined) messages.push(toolMessage(call, result));
    }
  }
  return { stop_reason: "max_steps", output, messages, usage };
}

function assistantMessage(id: string, response: ChatResponse, calls: ToolCall[]) {
  // An answer that was cut short says so: `length` or `content_filter`.
  const ended = response.finish_reason;
  const metadata = {
    ...response.metadata,
    ...(ended === "length" || ended === "content_filter" ? { finish_reason: ended } : {}),
  };
  const rest = Object.keys(metadata).length > 0 ? { metadata } : {};
  const said = { role: "assistant" as const, content: response.content };
  const message: Message = {
    id,
    ...said,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...rest,
  };
  const event = {
    type: "message.completed" as const,
    data: { message_id: id, ...said, tool_calls: calls, ...rest },
  };
  return { message, event };
}
