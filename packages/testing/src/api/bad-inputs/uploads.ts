import type { Sent } from "../send.ts";
import { type BadInput, invalid, unknownId } from "./bad-input.ts";

const put = (path: string, headers: Sent["headers"] = {}): Sent => ({
  method: "PUT",
  path: `/threads/THREAD/files/${path}`,
  headers: { "content-type": "text/plain", ...headers },
  body: "bytes",
});
const badPath = { ...invalid, pointer: "/path/path" };

export const badUploads: BadInput[] = [
  { name: "a parent folder", ...put("../secret.txt"), ...badPath },
  { name: "a parent folder, encoded", ...put("a/%2e%2e/b.txt"), ...badPath },
  { name: "a parent folder, with encoded slashes", ...put("..%2f..%2fetc%2fpasswd"), ...badPath },
  { name: "an absolute path", ...put("/etc/passwd"), ...badPath },
  { name: "an absolute path, encoded", ...put("%2fetc%2fpasswd"), ...badPath },
  { name: "a backslash", ...put("a%5c..%5cb"), ...badPath },
  { name: "NUL in the path", ...put("a%00.txt"), ...badPath },
  { name: "a line break in the path", ...put("a%0ab"), ...badPath },
  { name: "a folder", ...put("a/"), ...badPath },
  { name: "an empty path", ...put(""), ...badPath },
  { name: "dots only", ...put("./."), ...badPath },
  { name: "a path of 513 characters", ...put(`${"a/".repeat(256)}b`), ...badPath },
  { name: "a name of 256 bytes", ...put("a".repeat(256)), ...badPath },
  {
    name: "a malformed content type",
    ...put("a.txt", { "content-type": "text" }),
    status: 415,
    code: "unsupported_media_type",
  },
  {
    name: "a form",
    ...put("a.txt", { "content-type": "multipart/form-data; boundary=x" }),
    status: 415,
    code: "unsupported_media_type",
  },
  {
    name: "a content encoding",
    ...put("a.txt", { "content-encoding": "gzip" }),
    status: 415,
    code: "unsupported_media_type",
  },
  {
    name: "a file of 11 MiB",
    ...put("a.bin"),
    body: Buffer.alloc(11 * 1024 * 1024),
    status: 413,
    code: "payload_too_large",
  },
  {
    name: "an unknown thread",
    ...put("a.txt"),
    path: `/threads/${unknownId}/files/a.txt`,
    status: 404,
    code: "not_found",
  },
  {
    name: "an unknown file",
    path: "/threads/THREAD/files/nothing.txt",
    status: 404,
    code: "not_found",
  },
  {
    name: "an unknown file to delete",
    method: "DELETE",
    path: "/threads/THREAD/files/nothing.txt",
    status: 404,
    code: "not_found",
  },
  {
    name: "a file to delete with a malformed content type",
    method: "DELETE",
    path: "/threads/THREAD/files/nothing.txt",
    headers: { "content-type": "text" },
    status: 415,
    code: "unsupported_media_type",
  },
  {
    name: "a file by POST",
    method: "POST",
    path: "/threads/THREAD/files/a.txt",
    status: 405,
    code: "method_not_allowed",
  },
];
