import { ServerResponse, IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { createOpenRequests } from "./open-requests.ts";

it("serves what comes while the close is announced, and ends it with the close", () => {
  const openRequests = createOpenRequests();
  openRequests.announceClose();
  const response = () => new ServerResponse(new IncomingMessage(new Socket()));
  const signal = openRequests.track(response());
  expect(signal.aborted).toBe(false);
  openRequests.closeAll();
  expect(signal.aborted).toBe(true);
  expect(openRequests.track(response()).aborted).toBe(true);
});
