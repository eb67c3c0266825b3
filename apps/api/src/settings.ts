import { authSettings } from "@llamaagent/auth";
import { isLoopback, tlsSettings } from "@llamaagent/core";
import { envelopeSettings } from "@llamaagent/protection";
import { fetchSettings } from "@llamaagent/tools/manifest";
import { z } from "zod";
import { certificateSettings } from "./certificate/certificate-settings.ts";
import { loadSettings } from "./load/load-settings.ts";
import { isLoopbackOrigin } from "./loopback-origin.ts";

/** As browsers send it in `Origin`: lower case, Punycode, no default port, no path. */
const isOrigin = (text: string): boolean => {
  const url = URL.parse(text);
  return /^https?:$/.test(url?.protocol ?? "") && url?.origin === text && !text.includes("*");
};

export const apiSettings = z.object({
  HOST: z.string().default("127.0.0.1").describe("Address that the API listens on"),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8000)
    .describe("Port that the API listens on; 0 is any free one"),
  LLAMAAGENT_AUTH: z
    .enum(["off", "required"])
    .optional()
    .describe(
      "Whether every request must carry an API key or a token (`Authorization: Bearer` or `x-api-key`): left out, `off` where HOST is loopback, and `required` elsewhere",
    ),
  LLAMAAGENT_API_KEY: z
    .string()
    .optional()
    .describe("Not read by the server, whose keys are in its database; it was its only key once"),
  LLAMAAGENT_TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(",").map((one) => one.trim()))
    .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])))
    .optional()
    .describe(
      "Addresses or networks of the proxies before this server, separated by commas: their `X-Forwarded-For` says from which address a request comes",
    ),
  LLAMAAGENT_CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(",").map((one) => one.trim()))
    .refine((origins) => origins.every(isOrigin), {
      error:
        "must be origins as browsers send them, separated by commas, e.g. `https://app.example.com,http://localhost:5173`: no path, no slash at the end, no `*`, no `null`",
    })
    .optional()
    .describe(
      "Origins of the pages elsewhere that may read answers in a browser (CORS), separated by commas and compared to the letter: `https://app.example.com`. Left out: only pages of this server's own origin",
    ),
  ...certificateSettings.shape,
  ...tlsSettings.shape,
  ...authSettings.shape,
  ...loadSettings.shape,
  ...envelopeSettings.shape,
  ...fetchSettings.shape,
});
type ApiSettings = z.infer<typeof apiSettings>;

export function asksForKeys({
  HOST,
  LLAMAAGENT_AUTH,
}: Pick<ApiSettings, "HOST" | "LLAMAAGENT_AUTH">): boolean {
  return !isLoopback(HOST) || LLAMAAGENT_AUTH === "required";
}

/**
 * Refuses another address than loopback without keys, and what would do nothing where nobody is asked who calls:
 * a key of former versions, issuers and token keys, pages of elsewhere; and half of a certificate. Call it on the whole settings object: it is listed together with their other faults.
 */
export function withGuardedHost<Shape extends typeof apiSettings.shape>(
  settings: z.ZodObject<Shape>,
): z.ZodObject<Shape> {
  // The shape extends apiSettings'; a field may be missing where another fault was found first.
  const given = (value: unknown) => value as Partial<ApiSettings>;
  const path = ["LLAMAAGENT_AUTH"];
  return settings
    .refine(
      (value) => {
        const { HOST, LLAMAAGENT_AUTH } = given(value);
        return HOST === undefined || isLoopback(HOST) || LLAMAAGENT_AUTH !== "off";
      },
      {
        path,
        error: "must not be `off` where HOST is not a loopback address",
        when: () => true,
      },
    )
    .refine(
      (value) => {
        const { LLAMAAGENT_AUTH, LLAMAAGENT_API_KEY } = given(value);
        return LLAMAAGENT_API_KEY === undefined || LLAMAAGENT_AUTH !== undefined;
      },
      {
        path,
        error:
          "must be `required` or `off` where LLAMAAGENT_API_KEY is set, which is no longer the server's key: `llamaagent keys bootstrap` makes one",
        when: () => true,
      },
    )
    .refine(
      (value) => {
        const { HOST = "", LLAMAAGENT_AUTH, ...rest } = given(value);
        const isSaid = LLAMAAGENT_AUTH !== undefined || !isLoopback(HOST);
        return isSaid || !(rest.LLAMAAGENT_OIDC_ISSUERS ?? rest.LLAMAAGENT_JWT_KEYS);
      },
      {
        path,
        error:
          "must be `required` where LLAMAAGENT_OIDC_ISSUERS or LLAMAAGENT_JWT_KEYS is set and HOST is a loopback address: nobody would be asked who calls",
        when: () => true,
      },
    )
    .refine(
      (value) => {
        const { LLAMAAGENT_OIDC_ISSUERS, LLAMAAGENT_PUBLIC_URL } = given(value);
        return LLAMAAGENT_OIDC_ISSUERS === undefined || LLAMAAGENT_PUBLIC_URL !== undefined;
      },
      {
        path: ["LLAMAAGENT_PUBLIC_URL"],
        error: "must be set where LLAMAAGENT_OIDC_ISSUERS is",
        when: () => true,
      },
    )
    .refine(
      (value) => {
        const { HOST, LLAMAAGENT_AUTH, LLAMAAGENT_CORS_ORIGINS = [] } = given(value);
        const isAsked = HOST === undefined || asksForKeys({ HOST, LLAMAAGENT_AUTH });
        return isAsked || LLAMAAGENT_CORS_ORIGINS.every(isLoopbackOrigin);
      },
      {
        path: ["LLAMAAGENT_CORS_ORIGINS"],
        error:
          "must name no origin of another machine where no key is asked for: set LLAMAAGENT_AUTH=required",
        when: () => true,
      },
    )
    .refine(
      (value) => {
        const { LLAMAAGENT_TLS_CERT_PATH, LLAMAAGENT_TLS_KEY_PATH } = given(value);
        return (LLAMAAGENT_TLS_CERT_PATH === undefined) === (LLAMAAGENT_TLS_KEY_PATH === undefined);
      },
      {
        path: ["LLAMAAGENT_TLS_CERT_PATH"],
        error: "must be set where LLAMAAGENT_TLS_KEY_PATH is, and not without it",
        when: () => true,
      },
    );
}
