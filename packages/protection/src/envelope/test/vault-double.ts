import { createSecretKey, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { decrypt, encrypt } from "../aes-gcm.ts";

/**
 * A double of Vault's transit engine with one key, `llamaagent`: not Vault. It answers as its documentation
 * says, and fails as it is told to.
 */
export interface VaultDouble {
  url: string;
  token: string;
  /** As `transit/encrypt/llamaagent` answers. */
  encrypt(plaintext: Uint8Array): string;
  /** What the next requests get, one each, instead of an answer: a status, a body with 200, or a cut connection. */
  next: (number | { body: string } | "cut")[];
  requests: { url: string | undefined; headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

const PATH = "/v1/transit/decrypt/llamaagent";

export async function startVaultDouble(): Promise<VaultDouble> {
  const key = createSecretKey(randomBytes(32));
  const token = `hvs.${randomBytes(16).toString("hex")}`;
  const nothing = Buffer.alloc(0);
  const next: VaultDouble["next"] = [];
  const requests: VaultDouble["requests"] = [];

  function answer(response: ServerResponse, status: number, body: unknown): void {
    // A rude one: it says the token to whoever reads its errors.
    response.writeHead(status, { "content-type": "application/json", location: `/?${token}` });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    void text(request).then((sent) => {
      requests.push({ url: request.url, headers: request.headers });
      const planned = next.shift();
      if (planned === "cut") return void request.socket.destroy();
      if (typeof planned === "number") return answer(response, planned, { errors: [token] });
      if (planned !== undefined) return answer(response, 200, planned.body);
      if (request.headers["x-vault-token"] !== token)
        return answer(response, 403, { errors: ["permission denied"] });
      if (request.method !== "POST" || request.url !== PATH)
        return answer(response, 404, { errors: ["no handler for route"] });
      const { ciphertext } = JSON.parse(sent) as { ciphertext: string }; // tests send nothing else
      const bytes = Buffer.from(ciphertext.replace(/^vault:v1:/, ""), "base64");
      const plaintext = decrypt(key, bytes, nothing)?.toString("base64");
      return plaintext === undefined
        ? answer(response, 400, { errors: ["cipher: message authentication failed"] })
        : answer(response, 200, { data: { plaintext } });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    encrypt: (plaintext) => `vault:v1:${encrypt(key, plaintext, nothing).toString("base64")}`,
    next,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
