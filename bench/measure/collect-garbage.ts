/**
 * `node --expose-gc --import ./bench/measure/collect-garbage.ts …`: collects on SIGUSR2. A process's memory
 * is else what its collector has not cared about yet.
 */
const collect: unknown = Reflect.get(globalThis, "gc");
process.on("SIGUSR2", () => {
  if (typeof collect === "function") collect();
});
