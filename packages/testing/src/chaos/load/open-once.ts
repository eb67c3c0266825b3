import { faultCode } from "./fault-code.ts";

/** One GET, which is not tried again. */
export interface Opening {
  url: string;
  /** Of the HTTP answer; 0 where none came. */
  status: number;
  retryAfter?: string;
  /** Why no answer came. */
  fault?: string;
}

const TIMEOUT_SECONDS = 20;

/** Reads the answer's head alone: what follows it in a stream has other readers. */
export async function openOnce(url: string): Promise<Opening> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000) });
    const retryAfter = answer.headers.get("retry-after");
    const opening = { url, status: answer.status, ...(retryAfter === null ? {} : { retryAfter }) };
    // A stream that breaks after its head was opened.
    await answer.body?.cancel().catch(() => undefined);
    return opening;
  } catch (error) {
    return { url, status: 0, fault: faultCode(error) };
  }
}
