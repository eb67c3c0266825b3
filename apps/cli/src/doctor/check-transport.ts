import { isLoopback } from "@llamaagent/core";
import { plainWarning } from "@llamaagent/db";
import { type CheckResult, ok, warn } from "./check.ts";

const URLS = ["REDIS_URL", "OPENAI_BASE_URL", "OLLAMA_URL"] as const;
type Destinations = Partial<Record<"DATABASE_URL" | (typeof URLS)[number], string | undefined>>;

/** Names the settings that lead to other machines without TLS, and do not say that this is meant. */
export function checkTransport(settings: Destinations): CheckResult {
  const { DATABASE_URL } = settings;
  const isDatabasePlain = DATABASE_URL !== undefined && plainWarning(DATABASE_URL) !== undefined;
  const plain = [
    ...(isDatabasePlain ? ["DATABASE_URL"] : []),
    ...URLS.filter((name) => isPlain(settings[name])),
  ];
  return plain.length === 0
    ? ok("transport", "no setting leads to another machine without TLS")
    : warn(
        "transport",
        `without TLS to another machine: ${plain.join(", ")}`,
        "whoever is on the way reads and changes what goes over it: see docs/tls.md",
      );
}

function isPlain(url: string | undefined): boolean {
  if (url === undefined) return false;
  const { protocol, hostname } = new URL(url);
  return /^(redis|http):$/.test(protocol) && !isLoopback(hostname);
}
