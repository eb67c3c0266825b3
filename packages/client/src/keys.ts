import type { CallOptions } from "./call-options.ts";
import type {
  ApiKey,
  ApiKeyCreate,
  ApiKeyList,
  ApiKeyRotate,
  CreatedApiKey,
  Token,
  TokenRequest,
} from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

export interface KeysOptions extends CallOptions {
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

/** API keys: who may call the server, and what they may do. */
export interface KeysClient {
  /** One page, newest first, with those that have ended. */
  list(options?: KeysOptions): Promise<ApiKeyList>;
  get(keyId: string, options?: CallOptions): Promise<ApiKey>;
  /** Its `key` is shown this once. The call is not repeated: a lost answer leaves a key that nobody knows. */
  create(key: ApiKeyCreate, options?: CallOptions): Promise<CreatedApiKey>;
  /** A new key in the place of another, which ends a while later. Not repeated either. */
  rotate(
    keyId: string,
    rotation?: Partial<ApiKeyRotate>,
    options?: CallOptions,
  ): Promise<CreatedApiKey>;
  /** A token for the client's own key, which ends soon and may do no more. */
  createToken(request?: Partial<TokenRequest>, options?: CallOptions): Promise<Token>;
  /** For good. */
  revoke(keyId: string, options?: CallOptions): Promise<void>;
}

export function keysClient(runtime: Runtime): KeysClient {
  const path = (keyId: string): string => `/keys/${encodeURIComponent(keyId)}`;
  return {
    list: ({ signal, ...page } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `/keys${query(page)}`, signal }),
    get: (keyId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: path(keyId), signal }),
    create: (json, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: "/keys", json, signal }),
    rotate: (keyId, json = {}, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: `${path(keyId)}/rotate`, json, signal }),
    createToken: (json = {}, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: "/auth/token", json, signal }),
    revoke: (keyId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "DELETE", path: path(keyId), signal }),
  };
}
