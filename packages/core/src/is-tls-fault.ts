/**
 * Whether an error of a connection says that no TLS came about: a certificate that does not hold, another protocol, a
 * handshake that took too long. Unlike a server that is away it does not pass by itself. Its `code` is a constant of Node's or OpenSSL's; its message
 * may hold names of hosts.
 */
export function isTlsFault(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return /^(ERR_SSL|ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(code);
}
