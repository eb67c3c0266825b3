/** k6 interpolates between the two values beside the rank; our other percentiles are nearest-rank. */
export function interpolatedPercentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Loops: a hundred thousand arguments are too many for `Math.min`. */
export function minimum(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), values[0] ?? Number.NaN);
}

export function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), values[0] ?? Number.NaN);
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
