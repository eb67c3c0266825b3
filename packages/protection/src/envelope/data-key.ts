import type { KeyObject } from "node:crypto";
import { decrypt, encrypt } from "./aes-gcm.ts";
import { fromBase64url, KEYED } from "./sealed-text.ts";
import { unreadable } from "./unreadable.ts";
import { encodeFields, fieldsOf, type ValueContext } from "./value-context.ts";

/**
 * A data key that several values share, such as the events of one run: it is wrapped, stored and rotated
 * once, and each value costs no more than AES. It seals at most 2^32 values in all (NIST SP 800-38D, section
 * 8.3: random nonces of 96 bits), far more than a row has parts; nothing counts them.
 */
export interface DataKey {
  /** What is stored of it. */
  wrapped: string;
  /** `item` names the value among those of this key: `input`, an event's id. It opens as this item alone. */
  seal: (plaintext: Uint8Array | string, item: string) => string;
  /** Error: `unreadable`. */
  open: (sealed: string, item: string) => Buffer;
}

export function dataKeyOf(wrapped: string, key: KeyObject, context: ValueContext): DataKey {
  const fields = [KEYED, ...fieldsOf(context)];
  const additionalData = (item: string): Buffer => encodeFields([...fields, item]);
  return {
    wrapped,
    seal: (plaintext, item) =>
      `${KEYED}.${encrypt(key, plaintext, additionalData(item)).toString("base64url")}`,
    open(sealed, item) {
      const bytes = sealed.startsWith(`${KEYED}.`) && fromBase64url(sealed.slice(KEYED.length + 1));
      if (!bytes) throw unreadable("it has not the form of a value under a shared data key");
      const plaintext = decrypt(key, bytes, additionalData(item));
      if (plaintext === undefined) throw unreadable("it was changed, or stands for another value");
      return plaintext;
    },
  };
}
