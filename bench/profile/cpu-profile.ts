import { z } from "zod";

/** What of V8's `.cpuprofile` is used. */
export const CpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  startTime: z.number(),
  samples: z.array(z.number()),
  /** Microseconds since the sample before. */
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof CpuProfile>;

/** Microseconds of the clock of the profile. */
export interface Window {
  from: number;
  to: number;
}

export interface StackNode {
  name: string;
  /** File and line, for our code and the packages'. */
  place: string;
  microseconds: number;
  children: StackNode[];
}

/** The samples of the window as one tree of calls; time in which nothing ran is left out. */
export function stackTree(profile: CpuProfile, window: Window): StackNode {
  const self = selfTimes(profile, window);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const build = (id: number): StackNode => {
    const node = byId.get(id);
    if (node === undefined) throw new Error(`the profile has no node ${id}`);
    const children = (node.children ?? [])
      .map(build)
      .filter((child) => child.microseconds > 0)
      .toSorted((a, b) => b.microseconds - a.microseconds);
    const below = children.reduce((sum, child) => sum + child.microseconds, 0);
    const { functionName, url, lineNumber } = node.callFrame;
    return {
      name: functionName || "(anonymous)",
      place: url === "" ? "" : `${shortPlace(url)}:${lineNumber + 1}`,
      microseconds: below + (isIdle(functionName) ? 0 : (self.get(id) ?? 0)),
      children,
    };
  };
  return build(profile.nodes[0]?.id ?? 1);
}

/** The functions with the most time of their own, as lines. */
export function hotFunctions(profile: CpuProfile, window: Window, count = 25): string[] {
  const byFunction = new Map<string, number>();
  const self = selfTimes(profile, window);
  for (const { id, callFrame } of profile.nodes) {
    if (isIdle(callFrame.functionName)) continue;
    const { functionName, url, lineNumber } = callFrame;
    const key = `${functionName || "(anonymous)"} ${url === "" ? "" : `${shortPlace(url)}:${lineNumber + 1}`}`;
    byFunction.set(key, (byFunction.get(key) ?? 0) + (self.get(id) ?? 0));
  }
  const all = [...byFunction.values()].reduce((sum, time) => sum + time, 0);
  return [...byFunction]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, time]) => `${((time / all) * 100).toFixed(1).padStart(5)} %  ${name}`);
}

function selfTimes(profile: CpuProfile, { from, to }: Window): Map<number, number> {
  const self = new Map<number, number>();
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    at += delta;
    if (at >= from && at <= to) self.set(id, (self.get(id) ?? 0) + Math.max(0, delta));
  }
  return self;
}

const isIdle = (name: string): boolean => name === "(idle)" || name === "(root)";

/** From the repository's or the package's folder on. */
function shortPlace(url: string): string {
  const path = url.replace(/^file:\/\//, "");
  return (
    /node_modules\/(?!.*node_modules\/)(.*)$/.exec(path)?.[1] ??
    /\/((?:packages|apps|bench)\/.*)$/.exec(path)?.[1] ??
    path
  );
}
