import type { Metric } from "../metrics/metric.ts";

/** A value in the unit of its metric, as k6 writes it: `1.23s`, `148.21ms`, `4.1 kB`, `12.5`. */
export function formatted(value: number, unit: Metric["unit"]): string {
  if (Number.isNaN(value)) return "none";
  if (unit === "ms") return inTime(value);
  return unit === "bytes" ? inBytes(value) : short(value, 6);
}

function inTime(ms: number): string {
  if (ms === 0) return "0s";
  if (ms < 1) return `${short(ms * 1000, 2)}µs`;
  if (ms < 1000) return `${short(ms, 2)}ms`;
  if (ms < 60_000) return `${short(ms / 1000, 2)}s`;
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function inBytes(bytes: number): string {
  if (bytes < 1000) return `${short(bytes, 0)} B`;
  return bytes < 1_000_000 ? `${short(bytes / 1000, 1)} kB` : `${short(bytes / 1_000_000, 1)} MB`;
}

function short(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

export function percentage(share: number): string {
  return Number.isNaN(share) ? "none" : `${(share * 100).toFixed(2)}%`;
}
