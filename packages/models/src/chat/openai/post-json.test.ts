import { describe, expect, it } from "vitest";
import { answerHi, serveByHand, streamed } from "./test/serve-by-hand.ts";

describe("the request", () => {
  it.each([
    ["/v1", "/v1/chat/completions"],
    ["/v1/", "/v1/chat/completions"],
    ["", "/chat/completions"],
    ["/a/b?version=2", "/a/b/chat/completions?version=2"],
  ])("goes below the base URL …%s", async (base, path) => {
    const server = await serveByHand(answerHi);
    expect(await streamed(server.origin + base)).toBe("Hi|");
    expect(server.seen).toMatchObject([
      {
        method: "POST",
        path,
        headers: {
          authorization: "Bearer sk-mine",
          accept: "application/json",
          "content-type": "application/json",
        },
        body: { model: "by-hand", stream: true, stream_options: { include_usage: true } },
      },
    ]);
  });

  it.each([307, 308])(
    "is sent again, with the key, where %i points on the server",
    async (status) => {
      const server = await serveByHand((response, path) => {
        if (path.startsWith("/new")) return answerHi(response);
        response.writeHead(status, { location: "/new?x=1" }).end("moved");
      });
      expect(await streamed(`${server.origin}/v1`)).toBe("Hi|");
      expect(server.seen[1]).toMatchObject({
        method: "POST",
        path: "/new?x=1",
        headers: { authorization: "Bearer sk-mine", "content-type": "application/json" },
        body: { model: "by-hand" },
      });
    },
  );

  it("is sent to another server without the key", async () => {
    const other = await serveByHand(answerHi);
    const server = await serveByHand((response) =>
      response.writeHead(307, { location: `${other.origin}/v1` }).end(),
    );
    expect(await streamed(`${server.origin}/v1`)).toBe("Hi|");
    expect(other.seen).toMatchObject([{ method: "POST", body: { model: "by-hand" } }]);
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  it.each([301, 302, 303])("becomes a GET where it meets %i", async (status) => {
    const server = await serveByHand((response, path) => {
      if (path === "/page") response.writeHead(405).end("only POST");
      else response.writeHead(status, { location: "/page" }).end();
    });
    await expect(streamed(`${server.origin}/v1`)).rejects.toMatchObject({
      code: "model_rejected",
      message: "the model's provider answered 405: only POST",
    });
    expect(server.seen[1]).toMatchObject({ method: "GET", body: undefined });
    expect(server.seen[1]?.headers["content-type"]).toBeUndefined();
  });

  it("is given up after 20 redirects", async () => {
    const server = await serveByHand((response, path) => {
      response.writeHead(307, { location: `/${path.length}${path}` }).end();
    });
    await expect(streamed(`${server.origin}/v1`)).rejects.toMatchObject({
      code: "model_unavailable",
    });
    expect(server.seen).toHaveLength(21);
  });
});
