import { createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decrypt, encrypt } from "./aes-gcm.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const keyOf = (text: string) => createSecretKey(hex(text));

/** Of NIST's CAVP, gcmDecrypt256.rsp (IV of 96 bits, tag of 128), and test cases 13 to 16 of GCM's specification. */
const vectors = [
  {
    key: "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
    iv: "516c33929df5a3284ff463d7",
    pt: "",
    aad: "",
    ct: "",
    tag: "bdc1ac884d332457a1d2664f168c76f0",
  },
  {
    key: "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
    iv: "0d18e06c7c725ac9e362e1ce",
    pt: "2db5168e932556f8089a0622981d017d",
    aad: "",
    ct: "fa4362189661d163fcd6a56d8bf0405a",
    tag: "d636ac1bbedd5cc3ee727dc2ab4a9489",
  },
  {
    key: "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b",
    iv: "ac93a1a6145299bde902f21a",
    pt: "2d71bcfa914e4ac045b2aa60955fad24",
    aad: "1e0889016f67601c8ebea4943bc23ad6",
    ct: "8995ae2e6df3dbf96fac7b7137bae67f",
    tag: "eca5aa77d51d4a0a14d9c51e1da474ab",
  },
  {
    key: "00".repeat(32),
    iv: "00".repeat(12),
    pt: "",
    aad: "",
    ct: "",
    tag: "530f8afbc74536b9a963b4f1c4cb738b",
  },
  {
    key: "00".repeat(32),
    iv: "00".repeat(12),
    pt: "00".repeat(16),
    aad: "",
    ct: "cea7403d4d606b6e074ec5d3baf39d18",
    tag: "d0d1c8a799996bf0265b98b5d48ab919",
  },
  {
    key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    iv: "cafebabefacedbaddecaf888",
    pt: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    ct: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
    tag: "76fc6ece0f4e1768cddf8853bb2d551b",
  },
];

it.each(vectors)("decrypts what NIST has encrypted: $tag", ({ key, iv, pt, aad, ct, tag }) => {
  const opened = decrypt(keyOf(key), hex(iv + ct + tag), hex(aad));
  expect(opened?.toString("hex")).toBe(pt);
  expect(decrypt(keyOf(key), hex(iv + ct + tag), hex(`${aad}00`))).toBeUndefined();
});

describe("what was encrypted", () => {
  const key = createSecretKey(randomBytes(32));
  const place = Buffer.from("place");

  it("is AES-256-GCM with the nonce before it and the tag behind it", () => {
    const sealed = encrypt(key, "text: é", place);
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
    decipher.setAAD(place);
    decipher.setAuthTag(sealed.subarray(-16));
    const plaintext = decipher.update(sealed.subarray(12, -16));
    decipher.final();
    expect(plaintext.toString()).toBe("text: é");
  });

  it("has another nonce each time", () => {
    const nonces = Array.from({ length: 1000 }, () =>
      encrypt(key, "x", place).toString("hex", 0, 12),
    );
    expect(new Set(nonces).size).toBe(1000);
  });

  it("does not decrypt with a bit flipped, cut off anywhere, or longer", () => {
    const sealed = encrypt(key, "0123456789abcdef!", place);
    expect(decrypt(key, sealed, place)?.toString()).toBe("0123456789abcdef!");
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decrypt(key, flipped, place)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(decrypt(key, sealed.subarray(0, length), place)).toBeUndefined();
    expect(decrypt(key, Buffer.concat([sealed, Buffer.of(0)]), place)).toBeUndefined();
  });
});
