import { hash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;
/** The secret in base64url, of 32 bytes without padding. */
const KEY = /^la_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

/** What a caller sends: `la_<id>_<secret>`. Scanners for leaked secrets find it by its beginning. */
export function newKeyText(keyId: string): { text: string; secretHash: Uint8Array } {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { text: `la_${keyId.replaceAll("-", "")}_${secret}`, secretHash: hashSecret(secret) };
}

export interface KeyText {
  keyId: string;
  secretHash: Uint8Array;
}

/** Undefined where it has not the form of a key. */
export function readKeyText(text: string): KeyText | undefined {
  const [, id, secret] = KEY.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const parts = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)];
  return { keyId: parts.join("-"), secretHash: hashSecret(secret) };
}

/** A fast hash: 256 random bits cannot be guessed, and a slow one would let anybody keep the server busy. */
function hashSecret(secret: string): Uint8Array {
  return hash("sha256", secret, "buffer");
}
