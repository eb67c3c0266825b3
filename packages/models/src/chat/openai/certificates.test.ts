import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import {
  createTestAuthority,
  daysFromNow,
  type TestAuthority,
} from "@llamaagent/testing/services/test-certificates";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { servedModels } from "../../served-models.ts";
import { hiStream, streamed } from "./test/serve-by-hand.ts";

let authority: TestAuthority;
beforeAll(async () => {
  authority = await createTestAuthority();
});
afterAll(() => authority?.remove());

const trusted = tls.getCACertificates();
afterEach(() => tls.setDefaultCACertificates(trusted));
/** As NODE_EXTRA_CA_CERTS does at the start of a process. */
const trust = async (): Promise<void> =>
  tls.setDefaultCACertificates([...trusted, await readFile(authority.certPath, "utf8")]);

/** A model's server with a certificate; tells what it was asked. */
async function serve(options?: Parameters<TestAuthority["issue"]>[0]) {
  const { certPath, keyPath } = await authority.issue(options);
  const asked: (string | undefined)[] = [];
  const server = createServer(
    { cert: await readFile(certPath), key: await readFile(keyPath) },
    (request, response) => {
      asked.push(request.url);
      request.resume();
      if (request.url?.endsWith("/models")) response.end('{"data":[{"id":"a"}]}');
      else response.writeHead(200, { "content-type": "text/event-stream" }).end(hiStream);
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an AddressInfo.
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

const models = (url: string) =>
  servedModels(url, { apiKey: "sk-mine", signal: AbortSignal.timeout(5_000) });

describe("a model's server", () => {
  it("is sent nothing where the authority of its certificate is not known", async () => {
    const { url, asked } = await serve();
    await expect(streamed(url)).rejects.toMatchObject({
      code: "model_unavailable",
      message: expect.stringContaining("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    });
    expect(await models(url)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each([
    ["is of another name", { names: ["DNS:other.example"] }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["is over", { beginsAt: daysFromNow(-9), endsAt: daysFromNow(-1) }, "CERT_HAS_EXPIRED"],
  ])("is sent nothing where its certificate %s", async (_what, options, code) => {
    await trust();
    const { url, asked } = await serve(options);
    await expect(streamed(url)).rejects.toMatchObject({
      code: "model_unavailable",
      message: expect.stringContaining(code),
    });
    expect(await models(url)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("is asked where its authority is trusted", async () => {
    await trust();
    const { url, asked } = await serve();
    expect(await streamed(url)).toBe("Hi|");
    expect(await models(url)).toEqual(["a"]);
    expect(asked).toEqual(["/v1/chat/completions", "/v1/models"]);
  });
});
