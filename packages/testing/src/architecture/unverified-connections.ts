import { isTestCode, type SourceFile } from "./source-files.ts";

/** What has a connection of TLS verify less than Node does by default, in its options or for the whole process. */
const VERIFIES_LESS =
  /\brejectUnauthorized\b|\bcheckServerIdentity\b|NODE_TLS_REJECT_UNAUTHORIZED["'\]]*\s*=[^=]/;

/** Shipped files that do so, by path. */
export function unverifiedConnections(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => !isTestCode(path) && VERIFIES_LESS.test(text))
    .map(({ path }) => path);
}
