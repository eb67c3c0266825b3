import type { FindOptions, Search } from "../personal-data.ts";

/** What a search finds; its quick look must not have said that there is nothing. */
export function words(search: Search, text: string, options: FindOptions = {}): string[] {
  const found = Array.from(search.find(text, options), ({ start, end }) => text.slice(start, end));
  if (found.length > 0 && !search.mayHold(text)) throw new Error(`mayHold denies: ${text}`);
  return found;
}

/** What a program writes all day long: no personal data, whatever its figures look like. */
export const harmless: readonly string[] = [
  "order 1029384756, invoice 2026-000123, customer 88231, ticket #4711",
  "order 4000123412341235 of 12 items",
  "request 019ad6bc-f401-7abc-8def-0123456789ab of tenant 00000000-0000-4000-8000-000000000001",
  "0199a6f0-0000-7000-8000-000000000003/model/1",
  "call_9f8e7d6c5b4a3210 run_01JDKX5V8M2Q thread-42",
  "2026-11-30T19:03:44.123Z",
  "30/Nov/2026:19:03:44 +0000, 2026-11-30 19:03:44 +0100, 30.11.2026, 11/30/2026, 20261130",
  "1764529424123 1764529424123456 1764529424123456789",
  "node 24.21.0, react@19.2.0-beta.rc, lodash@4.17.21, @types/node@24.19.2, v1.2.3.4, version 1.2.3.4",
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709 and d41d8cd98f00b204e9800998ecf8427e",
  "$1,234,567.89 or 1.234.567,89 € or EUR 12 345 678 or 0.30000000000000004",
  "https://example.com:8443/runs?limit=5&after=100#L10",
  "std::vector<int>::iterator, abc::def, 12:34:56, 10:00-12:00, C:\\temp\\a1",
  "task-123456789 sk-learn-based basic understanding of bearer certificates, token bucket algorithm",
  "max_tokens=100, next_page_token=abc123, primary_key=user_id, token=read(), pad_token: '<pad>'",
  "icon@2x.png, git@github.com:llamaagent/llamaagent.git, @ada, a @ b, 100 @ $5, user@localhost",
  "127.0.0.1:8000, 0.0.0.0, [::1]:8000, ::, 256.300.1.1, 1.2.3",
  "x = a[1] + 1234567890 - (12 * 34)",
];
