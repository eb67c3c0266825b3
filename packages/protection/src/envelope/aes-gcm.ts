import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";

/** Of AES-256. */
export const KEY_BYTES = 32;
/** NIST SP 800-38D, sections 8.2.2 and 5.2.1.2: 96 random bits, and the longest of its tags. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = "aes-256-gcm";

/**
 * Nonce, ciphertext and tag, one after the other (28 bytes more than the plaintext; texts are UTF-8). The
 * nonce is random: one key may be used 2^32 times (NIST SP 800-38D, section 8.3).
 */
export function encrypt(
  key: KeyObject,
  plaintext: Uint8Array | string,
  additionalData: Uint8Array,
): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData);
  const ciphertext =
    typeof plaintext === "string" ? cipher.update(plaintext, "utf8") : cipher.update(plaintext);
  return Buffer.concat([nonce, ciphertext, cipher.final(), cipher.getAuthTag()]);
}

/** What `encrypt` made of it; undefined where that was with another key or other additional data, or is changed. */
export function decrypt(
  key: KeyObject,
  sealed: Uint8Array,
  additionalData: Uint8Array,
): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  // Its length is fixed: Node would take tags as short as four bytes, which can be guessed.
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plaintext;
}
