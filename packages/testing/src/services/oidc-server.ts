import { once } from "node:events";
import { createServer } from "node:http";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** A real OpenID Connect server in this process, with a client that asks for tokens as itself. */
export interface OidcServer {
  issuer: string;
  jwksUri: string;
  /** Times that its keys were asked for. */
  keysAsked(): number;
  /** An access token by client credentials, for the audience. */
  token(options?: { audience?: string; scope?: string; claims?: object }): Promise<string>;
  /** The key that signs, and its public part. */
  privateKey(): KeyObject;
  publicKey(): KeyObject;
  /** It signs with another key, and withdraws the one before. */
  rotateKeys(): void;
  /** Answers nothing any more, until it is told to. */
  goAway(): void;
  comeBack(): void;
  close(): Promise<void>;
}

const CLIENT = { id: "machine", secret: "known-to-all-known-to-all" };
const AUDIENCE = "llamaagent";
/** All that clients may ask for; whoever is given a token says what of it counts. */
const SCOPES = "openid runs:read runs:write threads:read";

export async function startOidcServer(): Promise<OidcServer> {
  let isAway = false;
  let keysAsked = 0;
  let claims: object = {};
  let signing: { privateKey: KeyObject; publicKey: KeyObject; provider: Provider };
  const server = createServer((request, response) => {
    if (isAway) return void request.socket.destroy();
    if (request.url === "/jwks") keysAsked += 1;
    void signing.provider.callback()(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a port, not a path

  function rotateKeys(): void {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    signing = { privateKey, publicKey, provider: provide(issuer, privateKey, () => claims) };
  }
  rotateKeys();

  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    keysAsked: () => keysAsked,
    async token({ audience = AUDIENCE, scope = "", claims: given = {} } = {}) {
      claims = given;
      const form = { grant_type: "client_credentials", resource: `urn:${audience}`, scope };
      const credentials = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64");
      const answer = await fetch(`${issuer}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${credentials}` },
        body: new URLSearchParams(form),
      });
      const said = (await answer.json()) as { access_token?: string };
      if (said.access_token === undefined) throw new Error(JSON.stringify(said));
      return said.access_token;
    },
    privateKey: () => signing.privateKey,
    publicKey: () => signing.publicKey,
    rotateKeys,
    goAway: () => void (isAway = true),
    comeBack: () => void (isAway = false),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function provide(issuer: string, key: KeyObject, claims: () => object): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: SCOPES.split(" "),
    jwks: { keys: [{ ...key.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    extraTokenClaims: () => ({ ...claims() }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: SCOPES,
          audience: resource.replace(/^urn:/, ""),
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  });
}
