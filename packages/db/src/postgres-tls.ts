import { isLoopback } from "@llamaagent/core";
import { Client } from "pg";

/** With the first three node-postgres 8 verifies the certificate and the name in it; the last is without TLS. */
const MODES = ["verify-full", "verify-ca", "require", "disable"];
/** What node-postgres reads; of another name, or in capitals, it would go on without TLS. */
const PARAMETERS = ["sslmode", "sslrootcert", "sslcert", "sslkey", "sslnegotiation"];
const WRITE = "write `sslmode=verify-full`, or `sslmode=disable` where no TLS is meant";

/** Whether a URL asks for TLS that verifies nothing, or says what is not read: the fault, without a value of it. */
export function tlsFault(url: string): string | undefined {
  const { searchParams } = new URL(url);
  const names = [...searchParams.keys()];
  if (names.some((name) => /ssl|tls/i.test(name) && !PARAMETERS.includes(name)))
    return `of TLS it may hold ${PARAMETERS.join(", ")}, and nothing else: ${WRITE}`;
  if (names.includes("uselibpqcompat"))
    return `must not hold uselibpqcompat, which has \`sslmode\` verify less: ${WRITE}`;
  // Each: of several node-postgres takes the last one.
  if (!searchParams.getAll("sslmode").every((mode) => MODES.includes(mode)))
    return `holds an \`sslmode\` that does not verify, or not always: ${WRITE}`;
  try {
    clientOf(url);
    return undefined;
  } catch {
    // Its words may repeat the URL.
    return "names a file by sslrootcert, sslcert or sslkey that cannot be read, or holds what cannot be";
  }
}

/** What is to be said of a URL that leads to another machine without TLS, and does not say that this is meant. */
export function plainWarning(url: string): string | undefined {
  const { ssl, host } = clientOf(url);
  // A path is a Unix socket's.
  const isHere = host.startsWith("/") || isLoopback(host);
  if (isHere || ssl || new URL(url).searchParams.has("sslmode")) return undefined;
  return `leads to another machine without TLS, so that whoever is on the way can read and change what is stored: ${WRITE}`;
}

/** Connects nowhere: what node-postgres makes of a URL. */
const clientOf = (url: string): Client => new Client({ connectionString: url, ...NO_TLS });

/** Where a URL says nothing of TLS: else PGSSLMODE would, with `no-verify` too. */
export const NO_TLS = { ssl: false };
