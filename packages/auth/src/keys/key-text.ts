import { createHash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;
/** The secret in base64url, of 32 bytes without padding. */
const KEY = /^la_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

/** What a caller sends: `la_<id>_<secret>`. Scanners for leaked secrets find it by its beginning. */
export function newKeyText(keyId: string): { text: string; secretHash: Uint8Array } {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { text: `la_${keyId.replaceAll("-", "")}_${secret}`, secretHash: hashSecret(secret) };
}

/** Undefined where it has not the form of a key. */
export function readKeyText(text: string): { keyId: string; secretHash: Uint8Array } | undefined {
  const [, id, secret] = KEY.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const keyId = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { keyId, secretHash: hashSecret(secret) };
}

/** A fast hash: 256 random bits cannot be guessed, and a slow one would let anybody keep the server busy. */
function hashSecret(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}
