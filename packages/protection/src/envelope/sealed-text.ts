/**
 * How sealed values are written, each part in base64url without padding:
 *
 * - `sealed1.<version>.<wrapped data key>.<ciphertext>`: a value with a data key of its own;
 * - `datakey1.<version>.<wrapped data key>`: a data key that several values share;
 * - `keyed1.<ciphertext>`: one of those values.
 *
 * `version` is that of the master key. To wrap the data key anew is to replace the middle: ciphertexts stay.
 */
export type WrappedKind = "sealed1" | "datakey1";
export const KEYED = "keyed1";

export interface WrappedText {
  kind: WrappedKind;
  version: number;
  wrapped: Buffer;
  /** Still encoded, to be kept as it is; undefined of a shared data key. */
  ciphertext: string | undefined;
}

const VERSION = /^[1-9]\d{0,8}$/;
const SEALED =
  /^(?:sealed1\.[1-9]\d{0,8}\.[\w-]+\.[\w-]+|datakey1\.[1-9]\d{0,8}\.[\w-]+|keyed1\.[\w-]+)$/;

/** Whether a stored text is sealed, by its form. */
export function isSealed(text: string): boolean {
  return SEALED.test(text);
}

/** Undefined where it has not the form of one with a wrapped data key. */
export function parseWrapped(text: string): WrappedText | undefined {
  // No regular expression: texts are as long as what is sealed. One part more than any form has.
  const [kind, version = "", encoded = "", ciphertext, ...rest] = text.split(".", 5);
  if (kind !== "sealed1" && kind !== "datakey1") return undefined;
  if (!VERSION.test(version) || rest.length > 0) return undefined;
  if ((ciphertext === undefined) !== (kind === "datakey1")) return undefined;
  const wrapped = fromBase64url(encoded);
  return wrapped && { kind, version: Number(version), wrapped, ciphertext };
}

export function formatWrapped({ kind, version, wrapped, ciphertext }: WrappedText): string {
  const key = `${kind}.${version}.${wrapped.toString("base64url")}`;
  return ciphertext === undefined ? key : `${key}.${ciphertext}`;
}

/**
 * Undefined for all but the one text that these bytes have: decoders pass over foreign characters and the
 * unused bits of the last one, so that a changed text could still open.
 */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
