import { describe, expect, it } from "vitest";
import { words } from "../test/words.ts";
import { isPublicAddress, machineAddress } from "./machine-address.ts";

describe("addresses of machines", () => {
  it.each([
    ["connect ECONNREFUSED 10.1.2.3:5432", ["10.1.2.3"]],
    ["from 203.0.113.7, 198.51.100.23.", ["203.0.113.7", "198.51.100.23"]],
    ["http://203.0.113.7:8000/x and 10.0.0.0/8", ["203.0.113.7", "10.0.0.0"]],
    ["GET /ban/203.0.113.7", ["203.0.113.7"]],
    ["2001:db8::1 and [2001:db8:0:0:0:0:2:1]:443", ["2001:db8::1", "2001:db8:0:0:0:0:2:1"]],
    ["ip:2001:DB8::8a2e:370:7334.", ["2001:DB8::8a2e:370:7334"]],
    ["fe80::1%eth0", ["fe80::1%eth0"]],
    ["00:1a:2b:3c:4d:5e or 00-1A-2B-3C-4D-5E", ["00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E"]],
    ['{"ip":"203.0.113.7"}', ["203.0.113.7"]],
  ])("are found in: %s", (text, found) => {
    expect(words(machineAddress, text)).toEqual(found);
  });

  it("are found whole where one stands in another", () => {
    expect(words(machineAddress, "::ffff:203.0.113.7")).toContain("::ffff:203.0.113.7");
  });

  it.each([
    "127.0.0.1, 0.0.0.0, ::1, 255.255.255.255", // every machine's
    "256.1.1.1, 1.2.3, 1.2.3.4.5, 01.02.03.04",
    "v1.2.3.4, version 1.2.3.4, Release: 1.2.3.4, nginx/1.2.3.4",
    "12:34:56, 2026-11-30 19:03:44, 1:2:3",
    "std::1, abc::def, ::",
    "26-11-30-19-03-44, 00:1a:2b:3c:4d, 00:1a:2b:3c:4d:5e:6f",
  ])("are not: %s", (text) => {
    expect(words(machineAddress, text)).toEqual([]);
  });

  it("are spared where the caller says so", () => {
    const sparesAddress = (address: string) => !isPublicAddress(address);
    const text = "8.8.8.8, 10.1.2.3, fd00::1, 2606:4700::1111, 00:1a:2b:3c:4d:5e";
    expect(words(machineAddress, text, { sparesAddress })).toEqual([
      "8.8.8.8",
      "2606:4700::1111",
      "00:1a:2b:3c:4d:5e",
    ]);
  });
});

describe("isPublicAddress", () => {
  it.each([
    ["8.8.8.8", true],
    ["2606:4700::1111", true],
    ["::ffff:8.8.8.8", true],
    ["10.0.0.1", false],
    ["::ffff:10.0.0.1", false],
    ["172.16.0.1", false],
    ["192.168.1.1", false],
    ["100.64.0.1", false],
    ["169.254.1.1", false],
    ["fe80::1%eth0", false],
    ["fd00::1", false],
    ["127.0.0.1", false],
    ["nonsense", false],
  ])("of %s is %s", (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});
