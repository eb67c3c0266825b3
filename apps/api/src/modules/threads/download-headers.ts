import type { ThreadFile } from "@llamaagent/core";

/**
 * A file is whatever somebody stored: a browser saves it and never runs it on our origin, where it could
 * act with the reader's rights.
 */
export function downloadHeaders(file: ThreadFile): Record<string, string | number> {
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  return {
    "content-type": file.media_type,
    "content-length": file.size_bytes,
    // RFC 6266 and 8187: percent-encoded UTF-8, so that no character can leave the parameter.
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`,
    "content-security-policy": "default-src 'none'; sandbox",
    etag: `"${file.sha256}"`,
  };
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
