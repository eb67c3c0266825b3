import { jsonPointer, type ProblemDetail } from "@llamaagent/core";

const MAX_DEPTH = 64;

interface Place {
  value: object;
  depth: number;
  key?: string;
  parent?: Place;
}

/**
 * What a parsed body may not hold anywhere: nesting beyond 64 levels (what reads it later recurses),
 * keys that reach prototypes, numbers that overflowed to infinity. Iterative, and ends at the first fault.
 */
export function bodyFaults(body: unknown): ProblemDetail[] {
  if (!isContainer(body)) return [];
  const open: Place[] = [{ value: body, depth: 1 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    for (const [key, value] of Object.entries(place.value) as [string, unknown][]) {
      const message = fault(place, key, value);
      if (message !== undefined) return [{ pointer: pointerTo(place, key), message }];
      if (isContainer(value)) open.push({ value, depth: place.depth + 1, key, parent: place });
    }
  }
  return [];
}

function fault(place: Place, key: string, value: unknown): string | undefined {
  if (key === "__proto__") return "this key is refused";
  if (isContainer(value)) {
    if (place.depth >= MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
    // A `constructor` without a prototype is data.
    if (key === "constructor" && Object.hasOwn(value, "prototype")) return "this key is refused";
  }
  if (typeof value === "number" && !Number.isFinite(value)) return "is beyond the range of numbers";
  return undefined;
}

function isContainer(value: unknown): value is object {
  return value !== null && typeof value === "object";
}

function pointerTo(place: Place, key: string): string {
  const path = [key];
  for (let at: Place | undefined = place; at?.key !== undefined; at = at.parent)
    path.unshift(at.key);
  return jsonPointer(path);
}
