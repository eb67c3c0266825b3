import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { limitAddresses } from "./limit-addresses.ts";
import { answerProblems } from "./problems.ts";

/** The bucket that a request came under. */
async function bucketOf(
  request: { from: string; forwarded?: string },
  trustProxy: string[] | false = false,
): Promise<string | undefined> {
  let taken: string | undefined;
  const server = fastify({ trustProxy });
  answerProblems(server);
  const limiter = {
    async take(buckets: readonly { key: string }[]) {
      taken = buckets[0]?.key;
      return { isAllowed: true, remaining: [1], retryAfterMs: 0 };
    },
    close: async () => undefined,
  };
  limitAddresses(server, { limiter, perSecond: 1 }, { held: () => false });
  server.get("/", () => "");
  await server.inject({
    url: "/",
    remoteAddress: request.from,
    headers: {
      "x-api-key": "guessed",
      ...(request.forwarded === undefined ? {} : { "x-forwarded-for": request.forwarded }),
      // What other servers heed is not heeded here.
      "x-real-ip": "192.0.2.99",
      forwarded: "for=192.0.2.99",
    },
  });
  return taken;
}

describe("the address that is counted", () => {
  it("is the connection's, whatever its headers say", async () => {
    for (const forwarded of [undefined, "192.0.2.7", "127.0.0.1", "192.0.2.7, 10.0.0.1"])
      expect(
        await bucketOf({ from: "203.0.113.5", ...(forwarded === undefined ? {} : { forwarded }) }),
      ).toBe("credentials 203.0.113.5");
  });

  it("is what a trusted proxy was called from, and not what that caller made up", async () => {
    const proxies = ["10.0.0.0/8"];
    const from = "10.0.0.1";
    expect(await bucketOf({ from, forwarded: "192.0.2.7" }, proxies)).toBe("credentials 192.0.2.7");
    expect(await bucketOf({ from, forwarded: "198.51.100.1, 192.0.2.7" }, proxies)).toBe(
      "credentials 192.0.2.7",
    );
    expect(await bucketOf({ from, forwarded: "192.0.2.7, 10.9.9.9" }, proxies)).toBe(
      "credentials 192.0.2.7",
    );
    expect(await bucketOf({ from: "203.0.113.5", forwarded: "192.0.2.7" }, proxies)).toBe(
      "credentials 203.0.113.5",
    );
  });

  it("is the proxy's where that says what is no address", async () => {
    for (const forwarded of ["unknown", "192.0.2.7:4711", "'; DROP TABLE agents; --"])
      expect(await bucketOf({ from: "10.0.0.1", forwarded }, ["10.0.0.1"])).toBe(
        "credentials 10.0.0.1",
      );
  });

  it("is a network where it is of IPv6, and IPv4 where it is that", async () => {
    const [one, other] = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::2"];
    expect(await bucketOf({ from: one })).toBe(await bucketOf({ from: other }));
    expect(await bucketOf({ from: "2001:db8:1:3::1" })).not.toBe(await bucketOf({ from: one }));
    expect(await bucketOf({ from: "::ffff:203.0.113.5" })).toBe("credentials 203.0.113.5");
  });
});
