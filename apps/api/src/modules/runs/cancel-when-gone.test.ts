import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { AppError, type Principal, type Run } from "@llamaagent/core";
import type { RunsContext } from "@llamaagent/runs";
import { afterEach, describe, expect, it } from "vitest";
import { createOpenRequests } from "../../open-requests.ts";
import { nobody } from "../../plugins/authenticate.ts";
import { cancelWhenGone } from "./cancel-when-gone.ts";
import { sendEventStream } from "./event-stream.ts";
import type { StreamFrame } from "./stream-frames.ts";
import { createReaderMemory } from "../../reader-memory.ts";
import { createStallGuard, type StallGuard } from "../../stall-guard.ts";

let server: Server | undefined;
let guard: StallGuard | undefined;
afterEach(() => {
  guard?.close();
  server?.closeAllConnections();
  server?.close();
});

interface Streamed {
  openRequests: ReturnType<typeof createOpenRequests>;
  client: IncomingMessage;
  /** At the server, which is blocked where its client does not read. */
  answer: ServerResponse;
  /** How often the run was to be cancelled. */
  cancels: () => number;
}

/** One run, streamed to a client that asked for `cancel` and reads nothing. */
async function stream(
  frames: (signal: AbortSignal) => AsyncIterable<StreamFrame>,
  { stallMs = 60_000 } = {},
): Promise<Streamed> {
  const openRequests = createOpenRequests();
  let cancels = 0;
  const tenant = async (): Promise<never> => {
    cancels += 1;
    throw new AppError("not_found");
  };
  const context = { db: { tenant } } as unknown as RunsContext; // the cancel comes no further
  const asked = {
    principal: { tenantId: "t" } as Principal,
    log: {} as never,
    body: { on_disconnect: "cancel" } as const,
  };
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  server = createServer(({ socket }, response) => {
    const signal = openRequests.track(response, nobody);
    cancelWhenGone({ context, openRequests }, asked, { run: { run_id: "r" } as Run, signal });
    const cutOff = (): void => openRequests.cutOff(socket);
    guard = createStallGuard({ stallMs, cutOff });
    guard.watch(socket);
    const memory = createReaderMemory(2 ** 30);
    const options = { heartbeatMs: 60_000, memory, signal, cutOff };
    sendEventStream(response, frames(signal), options).catch(() => undefined);
    resolve(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const [client] = await once(request({ port, host: "127.0.0.1", agent: false }).end(), "response");
  client.on("error", () => undefined);
  return { openRequests, client, answer: await promise, cancels: () => cancels };
}

const frame = (text = "x"): StreamFrame => ({
  id: "1-1",
  type: "message.delta",
  data: JSON.stringify({ text }),
});
/** More than the kernel's buffers of both ends hold. */
const LARGE = "x".repeat(64 * 1_024 * 1_024);

async function* idle(signal: AbortSignal): AsyncGenerator<StreamFrame> {
  yield frame();
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
}
async function* large(): AsyncGenerator<StreamFrame> {
  yield frame(LARGE);
}
const closed = async ({ answer }: Streamed): Promise<void> => {
  if (!answer.closed) await once(answer, "close");
};

describe("where on_disconnect is cancel, the run is", () => {
  it.each([
    ["while nothing happens", idle],
    ["while it has a frame to take", large],
  ])("cancelled once by a client that goes away %s", async (_name, frames) => {
    const streamed = await stream(frames);
    streamed.client.destroy();
    await closed(streamed);
    expect(streamed.cancels()).toBe(1);
  });

  it("cancelled by a connection that is reset", async () => {
    const streamed = await stream(idle);
    streamed.client.socket.resetAndDestroy();
    await closed(streamed);
    expect(streamed.cancels()).toBe(1);
  });

  it("left alone where the server has a fault", async () => {
    const streamed = await stream(async function* () {
      yield frame();
      throw new Error("no database");
    });
    await closed(streamed);
    expect(streamed.cancels()).toBe(0);
  });

  it("left alone where the server cuts off a client that takes nothing", async () => {
    const streamed = await stream(large, { stallMs: 100 });
    await closed(streamed);
    expect(streamed.cancels()).toBe(0);
  });

  it.each([
    ["while nothing happens", idle],
    ["while its client has a frame to take", large],
  ])("left alone where the server closes %s", async (_name, frames) => {
    const streamed = await stream(frames);
    streamed.openRequests.closeAll();
    if (frames === idle) streamed.client.resume();
    await closed(streamed);
    expect(streamed.cancels()).toBe(0);
  });

  it("left alone where the answer has its end", async () => {
    const streamed = await stream(async function* () {
      yield frame();
    });
    streamed.client.resume();
    await closed(streamed);
    expect(streamed.cancels()).toBe(0);
  });
});
