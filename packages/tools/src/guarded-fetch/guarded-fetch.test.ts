import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nothingAllowed, parseFetchAllowance } from "./fetch-allowance.ts";
import { fetchedUrlFault } from "./fetched-url.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";
import { isPublicAddress } from "./public-address.ts";

const PRIVATE = [
  "127.0.0.1",
  "127.9.9.9",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fe80::1",
  "fc00::1",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "::7f00:1",
  "::a9fe:a9fe",
  "4000::1",
];

describe("isPublicAddress", () => {
  it.each(PRIVATE)("says no of %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(["8.8.8.8", "172.32.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])(
    "says yes of %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
  it("says no of what is no address", () => {
    expect(isPublicAddress("example.com")).toBe(false);
  });
});

describe("fetchedUrlFault", () => {
  const NOT_PUBLIC =
    "is not an address of the public internet, nor one that LLAMAAGENT_FETCH_ALLOW lists";
  it.each([
    ["https://example.com/hook?a=b", undefined],
    ["http://8.8.8.8:8080/", undefined],
    ["ftp://example.com", "must begin with https:// or http://"],
    ["hook", "is no URL"],
    ["https://user:secret@example.com/", "must hold no user and password"],
    ["http://localhost:3000/", NOT_PUBLIC],
    ["http://api.internal/", NOT_PUBLIC],
    ["http://127.0.0.1/", NOT_PUBLIC],
    ["http://2130706433/", NOT_PUBLIC],
    ["http://0x7f.1/", NOT_PUBLIC],
    ["http://[::ffff:127.0.0.1]/", NOT_PUBLIC],
    ["http://169.254.169.254/latest/meta-data", NOT_PUBLIC],
  ])("of %s: %s", (url, fault) => {
    expect(fetchedUrlFault(url, nothingAllowed)).toBe(fault);
  });

  it("leaves a local name to the look-up where a range may hold it", () => {
    const range = parseFetchAllowance("127.0.0.0/8");
    expect(fetchedUrlFault("http://localhost:9000/", range)).toBeUndefined();
    expect(fetchedUrlFault("http://10.0.0.1/", range)).toBe(NOT_PUBLIC);
    const name = parseFetchAllowance("localhost:9000");
    expect(fetchedUrlFault("http://localhost:9000/", name)).toBeUndefined();
    expect(fetchedUrlFault("http://localhost:9001/", name)).toBe(NOT_PUBLIC);
  });
});

describe("parseFetchAllowance", () => {
  const allowance = parseFetchAllowance("10.0.0.0/8, hooks.internal, LOCALHOST:9000,[::1]:80");
  it.each([
    [{ host: "a.b", port: 80, address: "10.9.9.9" }, true],
    [{ host: "a.b", port: 80, address: "11.0.0.1" }, false],
    [{ host: "a.b", port: 80, address: "::ffff:10.0.0.1" }, true],
    [{ host: "a.b", port: 80, address: "" }, false],
    [{ host: "Hooks.internal", port: 1, address: "192.168.0.1" }, true],
    [{ host: "localhost", port: 9000, address: "127.0.0.1" }, true],
    [{ host: "localhost", port: 9001, address: "127.0.0.1" }, false],
    [{ host: "::1", port: 80, address: "::1" }, true],
  ])("of %j: %s", (place, isAllowed) => {
    expect(allowance.allows(place)).toBe(isAllowed);
  });
  it("says which names are listed", () => {
    expect(allowance.lists("Hooks.internal")).toBe(true);
    expect(allowance.lists("localhost")).toBe(true);
    expect(allowance.lists("a.b")).toBe(false);
  });
  it("refuses what is no entry, and takes an empty list", () => {
    expect(() => parseFetchAllowance("a, 10.0.0.0/99")).toThrow("'10.0.0.0/99' is no range");
    expect(() => parseFetchAllowance("http://a")).toThrow("'http://a' is no");
    expect(parseFetchAllowance(" ").allows({ host: "a", port: 1, address: "10.0.0.1" })).toBe(
      false,
    );
  });
});

describe("a guarded fetch", () => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.url === "/slow") return;
    if (request.url === "/moved") response.writeHead(302, { location: "/" });
    if (request.url === "/endless")
      return void setInterval(() => response.write("x".repeat(65_536)), 1).unref();
    response.end("thanks");
  });
  let connections = 0;
  server.on("connection", () => (connections += 1));
  let port = 0;
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const signal = () => new AbortController().signal;
  const post = async (list: string, path: string, host = "127.0.0.1", timeoutMs = 2_000) => {
    const guarded = createGuardedFetch({ allowance: parseFetchAllowance(list), timeoutMs });
    try {
      return await guarded.post(`http://${host}:${port}${path}`, {
        headers: {},
        body: "{}",
        signal: signal(),
      });
    } finally {
      await guarded.close();
    }
  };

  it.each(["127.0.0.1", "localhost", "2130706433", "[::1]"])(
    "does not reach %s, not even for a connection",
    async (host) => {
      await expect(post("", "/", host)).rejects.toThrow("is not an address of the public internet");
      expect([connections, requests]).toEqual([0, []]);
    },
  );

  it("judges a URL without a port by its scheme's", async () => {
    const guarded = createGuardedFetch({
      allowance: parseFetchAllowance("127.0.0.1:443"),
      timeoutMs: 2_000,
    });
    const get = (url: string) => guarded.post(url, { headers: {}, body: "", signal: signal() });
    const refused = "is not an address of the public internet";
    await expect(get("http://127.0.0.1/")).rejects.toThrow(refused);
    // Whatever is there, its certificate is not for this address.
    await expect(get("https://127.0.0.1/")).rejects.not.toThrow(refused);
    await guarded.close();
  });

  it("reaches what is allowed, and follows no redirect", async () => {
    expect(await post(`127.0.0.1:${port}`, "/")).toEqual({ status: 200 });
    expect(await post("127.0.0.0/8", "/moved", "localhost")).toEqual({ status: 302 });
    expect(requests).toEqual(["POST /", "POST /moved"]);
  });

  it("ends in time, and with an answer that does not end", async () => {
    await expect(post("127.0.0.0/8", "/slow", "127.0.0.1", 200)).rejects.toMatchObject({
      name: "TimeoutError",
    });
    expect(await post("127.0.0.0/8", "/endless")).toEqual({ status: 200 });
  });
});
