import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nothingAllowed, parseFetchAllowance } from "./fetch-allowance.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";
import { nameLookup } from "./name-lookup.ts";

const A_RECORD = 1;
const AAAA_RECORD = 28;

/** Four or sixteen numbers as the answer to a question for such an address; to any other, that there is none. */
function answerTo(query: Buffer, address: readonly number[]): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const type = address.length === 4 ? A_RECORD : AAAA_RECORD;
  const isForAddress = question.readUInt16BE(question.length - 4) === type;
  const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]);
  if (!isForAddress) return Buffer.concat([head, question]);
  head[7] = 1;
  const ttl = [0, 0, 0, 0];
  const record = Buffer.from([0xc0, 12, 0, type, 0, 1, ...ttl, 0, address.length, ...address]);
  return Buffer.concat([head, question, record]);
}

describe("names", () => {
  const dns = createSocket("udp4");
  const server = createServer((_request, response) => response.end("thanks"));
  /** What names lead to; undefined: no answer. */
  let address: readonly number[] | undefined;
  let asked = 0;
  let port = 0;
  beforeAll(async () => {
    dns.on("message", (query, { port: asker }) => {
      asked += 1;
      if (address) dns.send(answerTo(query, address), asker, "127.0.0.1");
    });
    dns.bind(0, "127.0.0.1");
    server.listen(0, "127.0.0.1");
    await Promise.all([once(dns, "listening"), once(server, "listening")]);
    ({ port } = server.address() as AddressInfo); // it listens on a port
  });
  afterAll(() => {
    dns.close();
    server.closeAllConnections();
    server.close();
  });
  const resolver = () => {
    const created = new Resolver({ timeout: 200, tries: 2 });
    created.setServers([`127.0.0.1:${dns.address().port}`]);
    return created;
  };
  const signal = new AbortController().signal;

  it.each([
    [[10, 0, 0, 1], ""],
    [[127, 0, 0, 1], ""],
    [[169, 254, 169, 254], "127.0.0.0/8"],
  ])("that lead to %j are not fetched from, with '%s' allowed", async (leadsTo, list) => {
    address = leadsTo;
    const fetch = createGuardedFetch({
      allowance: parseFetchAllowance(list),
      timeoutMs: 2_000,
      resolver,
    });
    const sent = fetch.post(`http://hook.example:${port}/`, { headers: {}, body: "", signal });
    await expect(sent).rejects.toThrow("is not an address of the public internet");
    await fetch.close();
  });

  it("that lead to what is allowed are fetched from", async () => {
    address = [127, 0, 0, 1];
    const allowance = parseFetchAllowance("127.0.0.0/8");
    const fetch = createGuardedFetch({ allowance, timeoutMs: 2_000, resolver });
    const sent = fetch.post(`http://hook.example:${port}/`, { headers: {}, body: "", signal });
    expect(await sent).toEqual({ status: 200 });
    await fetch.close();
  });

  it("that have addresses of version 6 alone lead to those", async () => {
    address = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const lookup = nameLookup({ isListed: () => false, resolver });
    expect(await lookup("hook.example")).toEqual([{ address: "2001:db8::1", family: 6 }]);
  });

  it("that the operator listed, and those without a dot, are the system's to know", async () => {
    address = [10, 0, 0, 1];
    asked = 0;
    // Of what has a dot this alone is the same on every system.
    const lookup = nameLookup({ isListed: (host) => host === "127.0.0.1", resolver });
    expect(await lookup("127.0.0.1")).toEqual([{ address: "127.0.0.1", family: 4 }]);
    const unlisted = nameLookup({ isListed: () => false, resolver });
    expect(await unlisted("localhost")).toContainEqual({ address: "127.0.0.1", family: 4 });
    const allowance = parseFetchAllowance(`localhost:${port}`);
    const fetch = createGuardedFetch({ allowance, timeoutMs: 2_000, resolver });
    const sent = fetch.post(`http://localhost:${port}/`, { headers: {}, body: "", signal });
    expect(await sent).toEqual({ status: 200 });
    expect(asked).toBe(0);
    await fetch.close();
  });

  it("that no server answers for hold up no file", async () => {
    address = undefined;
    asked = 0;
    const fetch = createGuardedFetch({ allowance: nothingAllowed, timeoutMs: 20_000, resolver });
    let isOver = false;
    const posts = Array.from({ length: 8 }, (_, n) =>
      fetch
        .post(`http://hook${n}.example:${port}/`, { headers: {}, body: "", signal })
        .finally(() => (isOver = true)),
    );
    const outcomes = Promise.allSettled(posts);
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThanOrEqual(8);
    await readFile(import.meta.filename);
    expect(isOver).toBe(false);
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ETIMEOUT" } });
    await fetch.close();
  });
});
