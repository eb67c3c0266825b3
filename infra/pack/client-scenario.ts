import { createClient, LlamaAgentError, type RunEvent } from "@llamaagent/client";

/**
 * What a user of the packed client does, of a server whose first answer to `POST /runs/stream` is cut
 * off in the middle. Its types are stripped and it is run as it is, in Node and in a page.
 */
export async function clientScenario(url: string) {
  const client = createClient({ url });
  const name = `packed-${crypto.randomUUID()}`;
  const agent = await client.agents.create({ name, model: "test/hello" });

  const run = await client.runs.create({ agent_id: agent.agent_id, input: "hi" });
  const waited = await client.runs.wait(run.run_id);

  let reconnects = 0;
  const onReconnect = () => (reconnects += 1);
  const events: RunEvent[] = [];
  for await (const event of client.runs.stream({ agent_id: name }, { onReconnect }))
    events.push(event);
  const whole: RunEvent[] = [];
  for await (const event of client.runs.stream(events[0]?.data.run_id ?? "")) whole.push(event);

  const slow = await client.agents.create({ name: `${name}-slow`, model: "test/slow" });
  const abandoned = { agent_id: slow.agent_id, on_disconnect: "cancel" } as const;
  const abort = new AbortController();
  const { signal } = abort;
  let slowRun = "";
  const aborted = await nameOfFault(async () => {
    for await (const event of client.runs.stream(abandoned, { signal })) {
      slowRun = event.data.run_id;
      if (event.type === "run.started") abort.abort();
    }
  });
  // Its connection is closed: the server has seen that.
  const { run: cancelled } = await client.runs.wait(slowRun);
  const timedOut = await nameOfFault(() =>
    client.runs.wait(abandoned, { signal: AbortSignal.timeout(500) }),
  );

  const fault: unknown = await client.agents
    .create({ name: "wrong", model: "test/hello", tools: ["nothing"] })
    .catch((error: unknown) => error);

  return {
    waitedFor: waited.run.run_id === run.run_id && waited.run.output,
    streamed: events
      .map((event) => (event.type === "message.delta" ? event.data.text : ""))
      .join(""),
    ended: events.at(-1)?.type,
    reconnects,
    isWhole: JSON.stringify(events) === JSON.stringify(whole),
    aborted,
    cancelled: cancelled.stop_reason,
    timedOut,
    refused: fault instanceof LlamaAgentError && {
      code: fault.code,
      status: fault.status,
      pointers: fault.errors.map(({ pointer }) => pointer),
    },
  };
}

async function nameOfFault(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
