import type { Message, Run, RunHint } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { inputMessages } from "../input-messages.ts";
import { releaseThread } from "./release-thread.ts";
import { messagesAfter, type RunEnd, threadStatusAfter } from "./run-end.ts";
import { storableText } from "../journal/storable-text.ts";

/**
 * What the end of a run does to its thread, which the caller has locked: adds the run's messages, gives
 * the turn on. Answers the hints to be sent after the commit.
 */
export async function closeThread(
  tx: Tx,
  tenantId: string,
  run: Run,
  end: RunEnd,
): Promise<RunHint[]> {
  if (run.thread_id === undefined) return [];
  const messages = [...inputMessages(run), ...messagesAfter(end)];
  await insertMessages(tx, tenantId, run.thread_id, run.run_id, messages);
  return releaseThread(tx, {
    tenantId,
    threadId: run.thread_id,
    runId: run.run_id,
    status: threadStatusAfter(end),
  });
}

/** All of a run's messages are inserted together, so turns never interleave. */
async function insertMessages(
  tx: Tx,
  tenantId: string,
  threadId: string,
  runId: string,
  messages: readonly Message[],
): Promise<void> {
  await tx.query(
    `INSERT INTO messages (tenant_id, thread_id, seq, run_id, message_id, role, content, tool_calls, tool_call_id, metadata)
     SELECT $1, $2, (SELECT coalesce(max(seq), 0) FROM messages WHERE tenant_id = $1 AND thread_id = $2) + m.n, $3,
       m.message_id, m.role, m.content, m.tool_calls, m.tool_call_id, m.metadata
     FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) WITH ORDINALITY
       AS m (message_id, role, content, tool_calls, tool_call_id, metadata, n)`,
    [
      tenantId,
      threadId,
      runId,
      messages.map((m, index) => storableText(m.id ?? `${runId}:${index}`)),
      messages.map((m) => m.role),
      messages.map((m) => JSON.stringify(m.content)),
      messages.map((m) => (m.tool_calls ? JSON.stringify(m.tool_calls) : null)),
      messages.map((m) => (m.tool_call_id === undefined ? null : storableText(m.tool_call_id))),
      messages.map((m) => (m.metadata ? JSON.stringify(m.metadata) : null)),
    ],
  );
}
