import { LRUCache } from "lru-cache";

const MESSAGES_MAX = 100;
const AGAIN_MS = 30_000;

/** While Redis is away several connections fail again each second: each message is passed on once in 30 s. */
export function toldOnce(
  onError: (error: Error) => void,
  againMs: number = AGAIN_MS,
): (error: Error) => void {
  const told = new LRUCache<string, true>({ max: MESSAGES_MAX, ttl: againMs });
  return (error) => {
    if (told.has(error.message)) return;
    told.set(error.message, true);
    onError(error);
  };
}
