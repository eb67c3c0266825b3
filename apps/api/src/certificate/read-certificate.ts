import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { AppError, isAppError } from "@llamaagent/core";
import { readPrivateFile } from "@llamaagent/protection";

export interface CertificatePaths {
  certPath: string;
  keyPath: string;
}

/** What the server proves by that it is the one that clients mean. */
export interface ServerCertificate {
  paths: CertificatePaths;
  /** PEM: its own certificate, and behind it those of the authorities between. */
  cert: string;
  /** PEM. */
  key: string;
  beginsAt: Date;
  endsAt: Date;
}

/** Names of the settings, for errors. */
export const CERT = "LLAMAAGENT_TLS_CERT_PATH";
const KEY = "LLAMAAGENT_TLS_KEY_PATH";

/** The longest keys in use, RSA's of 16,384 bits, take 13 KB. */
const KEY_BYTES_MAX = 64 * 1_024;
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Reads a certificate and its key, and makes sure that they can serve; not that now is their time. Error:
 * `invalid_configuration`, a line for each file that is at fault.
 */
export async function readCertificate(paths: CertificatePaths): Promise<ServerCertificate> {
  const { certPath, keyPath } = paths;
  const [chain, secret] = await Promise.allSettled([readChain(certPath), readKey(keyPath)]);
  if (chain.status === "rejected" || secret.status === "rejected")
    throw together([chain, secret].flatMap((one) => (one.status === "rejected" ? one.reason : [])));
  const { cert, own } = chain.value;
  const { key, keyObject } = secret.value;
  if (!own.checkPrivateKey(keyObject))
    throw fault(KEY, `${keyPath} is not the key of the first certificate in ${CERT}`);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw fault(CERT, `${certPath} cannot serve: OpenSSL says ${reasonOf(cause)}`, cause);
  }
  return { paths, cert, key, beginsAt: own.validFromDate, endsAt: own.validToDate };
}

async function readChain(path: string): Promise<{ cert: string; own: X509Certificate }> {
  const cert = await readFile(path, "utf8").catch((cause: unknown) => {
    throw fault(CERT, `${path} cannot be read`, cause);
  });
  try {
    const [own] = (cert.match(CERTIFICATES) ?? []).map((pem) => new X509Certificate(pem));
    if (own !== undefined) return { cert, own };
  } catch (cause) {
    throw fault(CERT, `${path} holds what is no certificate in PEM`, cause);
  }
  throw fault(CERT, `${path} holds no certificate in PEM`);
}

async function readKey(path: string): Promise<{ key: string; keyObject: KeyObject }> {
  const bytes = await readPrivateFile(path, KEY_BYTES_MAX).catch((cause: unknown) => {
    throw isAppError(cause) ? fault(KEY, cause.message, cause) : cause;
  });
  const key = bytes.toString();
  try {
    return { key, keyObject: createPrivateKey(key) };
  } catch (cause) {
    const isLocked = /^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(key);
    const what = isLocked ? "is locked by a passphrase" : "holds no private key in PEM";
    throw fault(KEY, `${path} ${what}`, cause);
  }
}

/** Node adds it to errors of OpenSSL: `ee key too small`. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && "reason" in error ? String(error.reason) : String(error);

export const fault = (name: string, detail: string, cause?: unknown): AppError =>
  new AppError("invalid_configuration", { detail: `${name}: ${detail}`, cause });

function together(reasons: unknown[]): AppError {
  const lines = reasons.map((reason) => {
    if (!isAppError(reason)) throw reason;
    return reason.message;
  });
  return new AppError("invalid_configuration", { detail: lines.join("\n") });
}
