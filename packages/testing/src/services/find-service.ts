export interface FoundService {
  url: string;
  /** Where it is from, for the one line that a test run prints. */
  source: string;
  close(): Promise<void>;
}

export interface ServiceSources {
  /** The URL from the environment, e.g. of TEST_DATABASE_URL. */
  given: string | undefined;
  /** Undefined where no container engine can answer. */
  container: (() => Promise<{ url: string; close(): Promise<void> }>) | undefined;
  /** Undefined where the binary is not there; `howToGet` says what to do. */
  local: (() => Promise<{ url: string; close(): Promise<void> }>) | undefined;
  howToGet: string;
}

/** The given URL, else a container, else a local binary; else the reason why there is none. */
export async function findService(
  sources: ServiceSources,
): Promise<FoundService | { missing: string }> {
  if (sources.given)
    return { url: sources.given, source: "given URL", close: () => Promise.resolve() };
  const reasons: string[] = [];
  for (const [source, start] of [
    ["container", sources.container],
    ["local binary", sources.local],
  ] as const) {
    if (!start) continue;
    try {
      return { source, ...(await start()) };
    } catch (error) {
      // Not swallowed: it is part of the reason if nothing else is found.
      reasons.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { missing: [...reasons, sources.howToGet].join("; ") };
}
