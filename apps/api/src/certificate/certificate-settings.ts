import { z } from "zod";

const path = z.string().optional();

export const certificateSettings = z.object({
  LLAMAAGENT_TLS_CERT_PATH: path.describe(
    "PEM file with this server's certificate and, behind it, those of the authorities between: the API speaks HTTPS then, and nothing else. Looked at each minute, so that a renewed one needs no restart: see docs/tls.md",
  ),
  LLAMAAGENT_TLS_KEY_PATH: path.describe(
    "PEM file with the private key of that certificate, which others may not read",
  ),
});
export type CertificateSettings = z.infer<typeof certificateSettings>;
