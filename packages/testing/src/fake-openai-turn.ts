/** What the fake OpenAI server answers to one request. */
export interface Turn {
  /** Streamed in pieces of a few words. */
  text?: string;
  /** The pieces of the streamed text, instead of `text`. */
  chunks?: string[];
  toolCalls?: ScriptedToolCall[];
  /** Before the first byte. */
  delayMs?: number;
  /** Before each streamed piece. */
  chunkDelayMs?: number;
  /** Default: counted by length. `missing`: none is sent, as some servers do. */
  usage?: { prompt_tokens: number; completion_tokens: number } | "missing";
  finishReason?: string;
  fault?: Fault;
}

export interface ScriptedToolCall {
  name: string;
  /** A string is sent as it is (so it may be invalid JSON); anything else as JSON. */
  arguments: unknown;
  /** Default: `call_<turn>_<place>`. `missing`: none is sent. */
  id?: string;
}

/**
 * `status`: an HTTP error. `cut`: the stream ends without a finish. `reset`: the connection is reset.
 * `silent`: nothing more comes, the connection stays. `malformed`: no JSON. `error`: an error object
 * inside the stream. All but `status` after so many pieces of a streamed answer (default 0); an
 * answer that is not streamed meets them at once.
 */
export type Fault =
  | { kind: "status"; status: number; message?: string; retryAfterSeconds?: number }
  | { kind: "cut" | "reset" | "silent" | "malformed" | "error"; afterChunks?: number };

export function turnPieces(turn: Turn): string[] {
  return turn.chunks ?? turn.text?.match(/(?:\S+\s*){1,3}|\s+/g) ?? [];
}

export function turnText(turn: Turn): string {
  return turnPieces(turn).join("");
}
