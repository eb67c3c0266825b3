import type { Message } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { storableText } from "../journal/storable-text.ts";

/** Puts messages behind the one at `after`, in the place of the thread's next ones. */
export async function insertMessages(
  tx: Tx,
  given: {
    tenantId: string;
    threadId: string;
    /** Of the run that they are of; absent where they are a client's. */
    runId?: string | undefined;
    /** For the ids of those that have none. */
    idPrefix: string;
    after: number;
    messages: readonly Message[];
  },
): Promise<void> {
  const { messages } = given;
  if (messages.length === 0) return;
  await tx.query(
    `INSERT INTO messages (tenant_id, thread_id, seq, run_id, message_id, role, content, tool_calls, tool_call_id, metadata)
     SELECT $1, $2, $4 + m.n, $3, m.message_id, m.role, m.content, m.tool_calls, m.tool_call_id, m.metadata
     FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) WITH ORDINALITY
       AS m (message_id, role, content, tool_calls, tool_call_id, metadata, n)`,
    [
      given.tenantId,
      given.threadId,
      given.runId ?? null,
      given.after,
      messages.map((m, index) => storableText(m.id ?? `${given.idPrefix}:${index}`)),
      messages.map((m) => m.role),
      messages.map((m) => JSON.stringify(m.content)),
      messages.map((m) => (m.tool_calls ? JSON.stringify(m.tool_calls) : null)),
      messages.map((m) => (m.tool_call_id === undefined ? null : storableText(m.tool_call_id))),
      messages.map((m) => (m.metadata ? JSON.stringify(m.metadata) : null)),
    ],
  );
}
