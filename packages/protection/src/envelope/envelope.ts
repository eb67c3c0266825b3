import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { AppError } from "@llamaagent/core";
import { LRUCache } from "lru-cache";
import { decrypt, encrypt, KEY_BYTES } from "./aes-gcm.ts";
import { type DataKey, dataKeyOf } from "./data-key.ts";
import type { MasterKey } from "./master-key.ts";
import { formatWrapped, fromBase64url, parseWrapped, type WrappedKind } from "./sealed-text.ts";
import { unreadable } from "./unreadable.ts";
import { encodeFields, fieldsOf, netstrings, type ValueContext } from "./value-context.ts";

/**
 * Seals values for the database: AES-256-GCM under a data key of 32 random bytes, which is wrapped, by
 * AES-256-GCM too, under a master key. Where the value stands is additional data of both.
 *
 * AES-GCM does not commit to its key: who knows two keys can make a ciphertext that opens under both. It
 * gains nothing here, so nothing is stored against it. Just one key is tried, which the text names and the
 * wrapped data key proves, and nobody but the server holds a data key.
 */
export interface Envelope {
  /** Version of the master key that wraps; undefined where there is none, so that nothing can be sealed. */
  version: number | undefined;
  /** Texts are taken as UTF-8. Error: `not_available` where there is no master key. */
  seal(plaintext: Uint8Array | string, context: ValueContext): string;
  /** Error: `unreadable`, whose detail names the master key where that is what is missing. */
  open(sealed: string, context: ValueContext): Buffer;
  /**
   * The same value with its data key wrapped by the current master key, the ciphertext untouched; undefined
   * where it is so already. Also of a shared data key. Errors: of `seal`, and of `open`, but for what is
   * wrong with the ciphertext, which is not looked at.
   */
  rewrap(wrapped: string, context: ValueContext): string | undefined;
  /** For values that share it; `context` is where its `wrapped` is stored. Error: of `seal`. */
  createDataKey(context: ValueContext): DataKey;
  /** Errors: of `open`. The last thousand that were opened are kept. */
  openDataKey(wrapped: string, context: ValueContext): DataKey;
}

/**
 * Half a megabyte. For no bounded time: a data key is no more of a secret in here than the master keys, which
 * stay as long as the process.
 */
const OPENED_MAX = 1_000;

/** The first of the master keys wraps, all unwrap. */
export function createEnvelope(masterKeys: readonly MasterKey[]): Envelope {
  const [current] = masterKeys;
  const byVersion = new Map(masterKeys.map((key) => [key.version, key]));
  const opened = new LRUCache<string, DataKey>({ max: OPENED_MAX });

  function wrap(kind: WrappedKind, dataKey: Uint8Array, context: ValueContext): [number, Buffer] {
    if (current === undefined) throw noMasterKey();
    return [current.version, current.wrap(dataKey, placeOf(kind, "key", context))];
  }

  function unwrap(text: string, kinds: readonly WrappedKind[], context: ValueContext) {
    const parsed = parseWrapped(text);
    if (parsed === undefined || !kinds.includes(parsed.kind))
      throw unreadable("it has not the form of a sealed one");
    const { kind, version, wrapped, ciphertext } = parsed;
    const master = byVersion.get(version);
    if (master === undefined)
      throw unreadable(
        `it was sealed with master key ${version}, which LLAMAAGENT_MASTER_KEYS does not have`,
      );
    if (!master.hasWrapped(wrapped))
      throw unreadable(`it was sealed with another master key ${version} than the one that is set`);
    const dataKey = master.unwrap(wrapped, placeOf(kind, "key", context));
    if (dataKey === undefined) throw changed();
    return { kind, version, dataKey, ciphertext };
  }

  function keep(wrapped: string, key: KeyObject, context: ValueContext): DataKey {
    const dataKey = dataKeyOf(wrapped, key, context);
    opened.set(cacheKey(wrapped, context), dataKey);
    return dataKey;
  }

  return {
    version: current?.version,
    seal(plaintext, context) {
      const dataKey = randomBytes(KEY_BYTES);
      const [version, wrapped] = wrap("sealed1", dataKey, context);
      const place = placeOf("sealed1", "value", context);
      const ciphertext = encrypt(createSecretKey(dataKey), plaintext, place).toString("base64url");
      return formatWrapped({ kind: "sealed1", version, wrapped, ciphertext });
    },
    open(sealed, context) {
      const { dataKey, ciphertext = "" } = unwrap(sealed, ["sealed1"], context);
      const place = placeOf("sealed1", "value", context);
      const bytes = fromBase64url(ciphertext);
      const plaintext = bytes && decrypt(createSecretKey(dataKey), bytes, place);
      if (plaintext === undefined) throw changed();
      return plaintext;
    },
    rewrap(text, context) {
      if (current === undefined) throw noMasterKey();
      const { kind, version, dataKey, ciphertext } = unwrap(text, ["sealed1", "datakey1"], context);
      if (version === current.version) return undefined;
      const [newest, wrapped] = wrap(kind, dataKey, context);
      return formatWrapped({ kind, version: newest, wrapped, ciphertext });
    },
    createDataKey(context) {
      const dataKey = randomBytes(KEY_BYTES);
      const [version, wrapped] = wrap("datakey1", dataKey, context);
      const text = formatWrapped({ kind: "datakey1", version, wrapped, ciphertext: undefined });
      return keep(text, createSecretKey(dataKey), context);
    },
    openDataKey(wrapped, context) {
      // With its context: what was moved to another row must not open because it has opened in its own.
      const known = opened.get(cacheKey(wrapped, context));
      if (known) return known;
      const { dataKey } = unwrap(wrapped, ["datakey1"], context);
      return keep(wrapped, createSecretKey(dataKey), context);
    },
  };
}

const placeOf = (kind: WrappedKind, part: "key" | "value", context: ValueContext): Buffer =>
  encodeFields([kind, part, ...fieldsOf(context)]);

const cacheKey = (wrapped: string, context: ValueContext): string =>
  netstrings([wrapped, ...fieldsOf(context)]);

const changed = (): AppError =>
  unreadable("it was changed, or stands in another row or column than it was sealed for");

const noMasterKey = (): AppError =>
  new AppError("not_available", {
    detail:
      "Secrets cannot be stored: LLAMAAGENT_MASTER_KEYS is not set on this server. See docs/encryption.md",
  });
