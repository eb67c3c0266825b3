/** Downloads must follow whatever registry the reader has configured: no addresses in the lock file. */
export function lockfileFaults(text: string): string[] {
  const { packages } = JSON.parse(text) as { packages: Record<string, { resolved?: string }> };
  return Object.entries(packages).flatMap(([name, { resolved }]) =>
    resolved !== undefined && /^[a-z+]+:/.test(resolved)
      ? [`${name} names where it is downloaded from: see omit-lockfile-registry-resolved in .npmrc`]
      : [],
  );
}
