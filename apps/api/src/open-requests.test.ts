import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { createOpenRequests, isClientGone } from "./open-requests.ts";

const response = () => new ServerResponse(new IncomingMessage(new Socket()));

it("serves what comes while the close is announced, and ends it with the close", () => {
  const requests = createOpenRequests();
  requests.announceClose();
  const open = requests.track(response());
  expect(open.aborted).toBe(false);
  requests.closeAll();
  expect(open.aborted).toBe(true);
  expect(requests.track(response()).aborted).toBe(true);
});

it("cuts off all answers on a socket, and no others; their client has not gone away", () => {
  const requests = createOpenRequests();
  const socket = new Socket();
  const [first, second] = [1, 2].map(() =>
    requests.track(new ServerResponse(new IncomingMessage(socket))),
  );
  const other = requests.track(response());
  requests.cutOff(socket);
  expect(socket.destroyed).toBe(true);
  expect([first, second, other].map((signal) => signal?.aborted)).toEqual([true, true, false]);
  expect([first, second].map((signal) => signal && isClientGone(signal))).toEqual([false, false]);
});

it("counts the requests whose clients are there", () => {
  const requests = createOpenRequests();
  const [first, gone] = [response(), response()];
  const signal = requests.track(first);
  gone.destroy();
  expect(requests.track(gone).aborted).toBe(true);
  expect(requests.count).toBe(1);
  first.emit("close");
  expect(signal.aborted).toBe(true);
  expect(requests.count).toBe(0);
});
