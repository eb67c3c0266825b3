import type { CertificateSettings } from "./certificate-settings.ts";
import { CERT, fault, readCertificate, type ServerCertificate } from "./read-certificate.ts";

/**
 * The certificate that the API is to serve with, at its boot; undefined where none is set. Error:
 * `invalid_configuration`, also where its time is over or still to come.
 */
export async function loadCertificate(
  { LLAMAAGENT_TLS_CERT_PATH, LLAMAAGENT_TLS_KEY_PATH }: CertificateSettings,
  now: Date,
): Promise<ServerCertificate | undefined> {
  // Both or none, as the settings hold.
  if (LLAMAAGENT_TLS_CERT_PATH === undefined || LLAMAAGENT_TLS_KEY_PATH === undefined)
    return undefined;
  const certificate = await readCertificate({
    certPath: LLAMAAGENT_TLS_CERT_PATH,
    keyPath: LLAMAAGENT_TLS_KEY_PATH,
  });
  assertInTime(certificate, now);
  return certificate;
}

/** Error: `invalid_configuration`. */
export function assertInTime(
  { paths: { certPath }, beginsAt, endsAt }: ServerCertificate,
  now: Date,
): void {
  if (now > endsAt) throw fault(CERT, `${certPath} was valid until ${endsAt.toISOString()}`);
  if (now < beginsAt) throw fault(CERT, `${certPath} is valid from ${beginsAt.toISOString()} on`);
}

const SOON_MS = 14 * 24 * 60 * 60 * 1_000;

/** In less than 14 days: whatever renews it should have done so. */
export const endsSoon = ({ endsAt }: Pick<ServerCertificate, "endsAt">, now: Date): boolean =>
  endsAt.getTime() - now.getTime() < SOON_MS;
