import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { TENANT_LIMITS } from "@llamaagent/core";
import { expect, it } from "vitest";
import { createOpenRequests, isClientGone } from "./open-requests.ts";
import { nobody } from "./plugins/authenticate.ts";

const response = () => new ServerResponse(new IncomingMessage(new Socket()));

it("serves what comes while the close is announced, and ends it with the close", () => {
  const requests = createOpenRequests();
  requests.announceClose();
  const open = requests.track(response(), nobody);
  expect(open.aborted).toBe(false);
  requests.closeAll();
  expect(open.aborted).toBe(true);
  expect(requests.track(response(), nobody).aborted).toBe(true);
});

it("cuts off all answers on a socket, and no others; their client has not gone away", () => {
  const requests = createOpenRequests();
  const socket = new Socket();
  const [first, second] = [1, 2].map(() =>
    requests.track(new ServerResponse(new IncomingMessage(socket)), nobody),
  );
  const other = requests.track(response(), nobody);
  requests.cutOff(socket);
  expect(socket.destroyed).toBe(true);
  expect([first, second, other].map((signal) => signal?.aborted)).toEqual([true, true, false]);
  expect([first, second].map((signal) => signal && isClientGone(signal))).toEqual([false, false]);
});

it("counts the requests whose clients are there", () => {
  const requests = createOpenRequests();
  const [first, gone] = [response(), response()];
  const signal = requests.track(first, nobody);
  gone.destroy();
  expect(requests.track(gone, nobody).aborted).toBe(true);
  expect(requests.count).toBe(1);
  first.emit("close");
  expect(signal.aborted).toBe(true);
  expect(requests.count).toBe(0);
});

it("refuses more than a tenant may have open, and counts what has closed no more", () => {
  const requests = createOpenRequests();
  const caller = { tenantId: "t", limits: { ...TENANT_LIMITS, open_streams: 1 } };
  const first = response();
  requests.track(first, caller);
  expect(() => requests.track(response(), caller)).toThrow(/at most 1 streams/);
  expect(requests.count).toBe(1);
  requests.track(response(), { ...caller, tenantId: "u" });
  first.emit("close");
  expect(requests.track(response(), caller).aborted).toBe(false);
});
