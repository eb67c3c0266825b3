import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "@llamaagent/core";
import { z } from "zod";
import type { KeyManagementService } from "./key-management-service.ts";

/** For one answer, and before each further attempt: a Vault that restarts beside us is back by then. */
const ANSWER_MS = 5_000;
const PAUSES_MS = [500, 1_000, 2_000, 4_000];

export interface VaultTransitOptions {
  url: string;
  token: string;
  /** Name of the key in the transit engine. */
  key: string;
  fetch: typeof fetch;
  sleep?: (ms: number) => Promise<unknown>;
}

interface Answer {
  status: number;
  body: string;
}

/**
 * The transit engine of HashiCorp Vault, or of OpenBao: `POST /v1/transit/decrypt/:name`
 * (https://developer.hashicorp.com/vault/api-docs/secret/transit). Errors say no more than addresses, names and
 * statuses: what a server or `fetch` says could repeat the token.
 */
export function vaultTransit(options: VaultTransitOptions): KeyManagementService {
  const { url, token, key, sleep = pause } = options;
  const { origin } = new URL(url);
  const path = `transit/decrypt/${key}`;

  /** Or why there is none yet. */
  async function ask(ciphertext: string): Promise<Answer | string> {
    try {
      const answer = await options.fetch(`${url.replace(/\/+$/, "")}/v1/${path}`, {
        method: "POST",
        // The token would go along, to whatever origin.
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: {
          "content-type": "application/json",
          "x-vault-token": token,
          // Agents and proxies of Vault may ask for it, against requests that a browser was led to.
          "x-vault-request": "true",
        },
        body: JSON.stringify({ ciphertext }),
      });
      return { status: answer.status, body: await answer.text() };
    } catch (error) {
      return reasonOf(error);
    }
  }

  function refused(why: string): AppError {
    return new AppError("invalid_configuration", { detail: `Vault at ${origin} ${why}` });
  }

  function plaintextOf({ status, body }: Answer): Buffer {
    if (status === 400)
      throw refused(`cannot decrypt the ciphertext (400): is it one of transit/keys/${key}?`);
    if (status === 403) throw refused(`lets LLAMAAGENT_VAULT_TOKEN not use ${path} (403)`);
    if (status === 404) throw refused(`has no ${path} (404): is its transit engine enabled?`);
    if (status >= 300 && status < 400)
      throw refused(`redirects (${status}): name the node that answers itself`);
    const plaintext = status === 200 ? readPlaintext(body) : undefined;
    if (plaintext === undefined) throw refused(`answered ${status}, and no plaintext`);
    return plaintext;
  }

  return {
    async decrypt(ciphertext) {
      let reason = "";
      for (const pauseMs of [0, ...PAUSES_MS]) {
        if (pauseMs > 0) await sleep(pauseMs);
        const answer = await ask(ciphertext);
        if (typeof answer === "string") reason = answer;
        else if (isPassing(answer.status)) reason = `it answered ${answer.status}`;
        else return plaintextOf(answer);
      }
      throw new AppError("service_unavailable", {
        detail: `Vault at ${origin} has not decrypted a master key in ${PAUSES_MS.length + 1} attempts: ${reason}`,
      });
    },
  };
}

/** 412: a replica that has not caught up; 429: too many; 5xx: it is sealed, or starts. */
const isPassing = (status: number): boolean => status === 412 || status === 429 || status >= 500;

const Decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });

function readPlaintext(body: string): Buffer | undefined {
  try {
    return Buffer.from(Decrypted.parse(JSON.parse(body)).data.plaintext, "base64");
  } catch {
    return undefined;
  }
}

/** Of what failed, its code alone. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "no connection";
  if (error.name === "TimeoutError") return `no answer within ${ANSWER_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "no connection";
}
