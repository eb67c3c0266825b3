import type { Json, JsonObject, Message, Principal } from "@llamaagent/core";
import type { Webhook } from "./webhooks/webhook.ts";

/** What becomes of the runs of a thread that have not ended when another comes. */
export type MultitaskStrategy = "enqueue" | "reject" | "interrupt" | "rollback";

/** What is asked for. */
export interface AdmitRun {
  /** Id or name; absent: the agent named `default`. */
  agent?: string;
  threadId?: string;
  input?: Json;
  messages?: Message[];
  metadata: JsonObject;
  /** Absent: `enqueue`. */
  multitaskStrategy?: MultitaskStrategy;
  /** What becomes of a thread that is not there; absent: `reject`. */
  ifNotExists?: "create" | "reject";
  /** Of the thread, from which the run goes on; absent: from where the thread stands at its turn. */
  checkpointId?: string;
  /** `delete`: the thread goes with the run's end, unless others wait for it. */
  onCompletion?: "delete" | "keep";
  /** Before the tenant's own other runs, -10 to 10; absent: 0. */
  urgency?: number;
  /** Whom to tell of its events. */
  webhook?: Webhook;
  /** It starts no sooner. On a thread it asks for its turn then. */
  afterSeconds?: number;
  /** SHA-256 (base64) of what a client asks for without a key. */
  bodyHash?: string;
  /** The client sends it again: the run that the same `bodyHash` made within two minutes is meant, where there is one. */
  isRepeat?: boolean;
  /** So many of the same, which come with it, stand before it: each means a run of its own. Absent: 0. */
  sameBefore?: number;
  idempotency?: Idempotency;
}

export interface Idempotency {
  key: string;
  /** SHA-256 (hex) of the body's canonical JSON: a key that comes again must come with the same body. */
  bodyHash: string;
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
