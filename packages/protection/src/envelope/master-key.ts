import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { decrypt, encrypt, KEY_BYTES } from "./aes-gcm.ts";
import { encodeFields } from "./value-context.ts";

/** Wraps data keys. Its bytes are in no property: neither a log nor an inspector shows them. */
export interface MasterKey {
  /** A positive whole number, by which sealed values name it. */
  version: number;
  /** Tells keys apart, and says nothing else of them; in hexadecimal. */
  id: string;
  /** The wrapped data key, which only `unwrap` with the same context opens. */
  wrap(dataKey: Uint8Array, context: Uint8Array): Buffer;
  /** Whether the data key was wrapped with this very key, not with another of its version. */
  hasWrapped(wrapped: Uint8Array): boolean;
  /** Undefined where it was wrapped in another context, or is changed. */
  unwrap(wrapped: Uint8Array, context: Uint8Array): Buffer | undefined;
}

const ID_BYTES = 8;

/** `bytes`: 32 random ones. */
export function createMasterKey(version: number, bytes: Uint8Array): MasterKey {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`a master key has ${KEY_BYTES} bytes`);
  const key = createSecretKey(bytes);
  const id = derive(key, encodeFields(["id"])).subarray(0, ID_BYTES);
  // One key for each context: how often a nonce may be drawn at random is counted there, not over all rows
  // of an installation, which in time would be more than the 2^32 that AES-GCM allows.
  const wrappingKey = (context: Uint8Array): KeyObject => createSecretKey(derive(key, context));
  return {
    version,
    id: id.toString("hex"),
    wrap: (dataKey, context) =>
      Buffer.concat([id, encrypt(wrappingKey(context), dataKey, context)]),
    hasWrapped: (wrapped) => id.equals(wrapped.subarray(0, ID_BYTES)),
    unwrap(wrapped, context) {
      const dataKey = decrypt(wrappingKey(context), wrapped.subarray(ID_BYTES), context);
      return dataKey?.length === KEY_BYTES ? dataKey : undefined;
    },
  };
}

/**
 * HKDF-Expand with SHA-256, one block (RFC 5869, section 2.3). Extract is for keys that are not uniformly
 * random (section 3.3); and Node's `hkdfSync` takes no more than 1 KiB of context.
 */
function derive(key: KeyObject, context: Uint8Array): Buffer {
  return createHmac("sha256", key).update(context).update(Buffer.of(1)).digest();
}
