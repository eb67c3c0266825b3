import { once } from "node:events";
import { createServer } from "node:net";
import { listenError } from "../listen-error.ts";

/** Told before seconds go into making a database; the real listening comes after that. */
export async function assertPortIsFree({
  host,
  port,
}: {
  host: string;
  port: number;
}): Promise<void> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen(port, host);
    await listening;
  } catch (error) {
    throw listenError(error);
  }
  server.close();
  await once(server, "close");
}
