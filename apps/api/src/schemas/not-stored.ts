/** A cache between would else hand it to who has no right to it: not all know `x-api-key`. */
export const notStored = <Reply extends { header(name: string, value: string): Reply }>(
  reply: Reply,
): Reply => reply.header("cache-control", "no-store");
