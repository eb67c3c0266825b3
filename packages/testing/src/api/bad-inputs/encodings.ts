import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { type BadInput, json, post } from "./bad-input.ts";

/** A body of 8 MiB that is well formed: compressed it is a hundredth of what a body may be, or less. */
const large = Buffer.from(`{"metadata":{"a":"${"a".repeat(8 * 1024 * 1024)}"}}`);
const bombs: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(large),
  "x-gzip": gzipSync(large),
  deflate: deflateSync(large),
  br: brotliCompressSync(large),
  zstd: zstdCompressSync(large),
  "gzip, gzip": gzipSync(gzipSync(large)),
};

/** Compressed bodies: nothing here unpacks one, whatever it is called. */
export const badEncodings: BadInput[] = [
  ...Object.entries(bombs).flatMap(([encoding, body]): BadInput[] => [
    {
      name: `a bomb in ${encoding}`,
      ...post("/threads", ""),
      headers: { ...json, "content-encoding": encoding },
      body,
      status: 415,
      code: "unsupported_media_type",
    },
    {
      name: `a bomb in ${encoding} that does not say so`,
      ...post("/threads", ""),
      body,
      status: 400,
      code: "invalid_json",
    },
    {
      name: `a bomb in ${encoding} as a file`,
      method: "PUT",
      path: "/threads/THREAD/files/a.txt",
      headers: { "content-encoding": encoding },
      body,
      status: 415,
      code: "unsupported_media_type",
    },
  ]),
  ...["GZIP", "aes128gcm", "identity, gzip", "*"].map((encoding): BadInput => ({
    name: `the content encoding '${encoding}'`,
    ...post("/threads", "{}"),
    headers: { ...json, "content-encoding": encoding },
    status: 415,
    code: "unsupported_media_type",
  })),
];
