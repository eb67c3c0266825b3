const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** Milliseconds of a duration as k6 writes it (`90s`, `1h30m`, `500ms`); undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const parts = text.match(/\d+(\.\d+)?(ms|[hms])/g) ?? [];
  if (parts.length === 0 || parts.join("") !== text) return undefined;
  return parts.reduce((total, part) => {
    const unit = part.replace(/[\d.]/g, "") as keyof typeof UNIT_MS; // the pattern has no others
    return total + Number.parseFloat(part) * UNIT_MS[unit];
  }, 0);
}
