import type { Json, JsonObject, Message, Principal } from "@llamaagent/core";

/** What is asked for. */
export interface AdmitRun {
  /** Id or name; absent: the agent named `default`. */
  agent?: string;
  threadId?: string;
  input?: Json;
  messages?: Message[];
  metadata: JsonObject;
  idempotency?: {
    key: string;
    /** SHA-256 (hex) of the body's canonical JSON: a key that comes again must come with the same body. */
    bodyHash: string;
  };
}

/** A run to be stored. */
export interface NewRun {
  principal: Principal;
  request: AdmitRun;
  runId: string;
  at: Date;
  /** Waits for its turn on the thread. */
  blocked?: boolean;
}
