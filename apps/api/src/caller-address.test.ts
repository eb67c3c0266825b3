import { expect, it } from "vitest";
import { addressOf, networkOf } from "./caller-address.ts";

const from = (ip: string, remoteAddress = "10.0.0.1") => ({
  ip,
  socket: { remoteAddress },
});

it.each([
  ["203.0.113.7", "203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"],
  ["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["203.0.113.7:80", "10.0.0.1", "10.0.0.1"],
  ["\u001b[2J", "10.0.0.1", "10.0.0.1"],
])("tells of %j the address %s and the network %s", (ip, address, network) => {
  expect([addressOf(from(ip)), networkOf(from(ip))]).toEqual([address, network]);
});
