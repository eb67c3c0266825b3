import { mostVus, vusAt, type VuScenario } from "./load-shape.ts";
import type { Load, ScenarioSurroundings } from "./scenario-load.ts";
import type { Vu } from "./vu/start-vu.ts";

interface Slot {
  /** Undefined while another takes the place of one that was interrupted. */
  vu: Vu | undefined;
  iterations: number;
  underWay: Promise<void> | undefined;
  /** When there was one VU too many; it may still end its iteration. */
  leftAtMs: number | undefined;
}

/** constant-vus and ramping-vus: each VU that is to be at work iterates, one after the other. */
export async function runVus(
  scenario: VuScenario,
  { startVu, iterate }: ScenarioSurroundings,
): Promise<Load> {
  const vus = await Promise.all(Array.from({ length: mostVus(scenario) }, startVu));
  const slots = vus.map((vu): Slot => ({
    vu,
    iterations: 0,
    underWay: undefined,
    leftAtMs: undefined,
  }));
  const rampDownMs = scenario.executor === "ramping-vus" ? scenario.gracefulRampDown : Infinity;
  let begun = 0;
  let isOver = false;

  const begin = async (slot: Slot, vu: Vu): Promise<void> => {
    const iteration = { iterationInTest: begun++, iterationInScenario: slot.iterations++ };
    const { kind } = await iterate(vu, iteration);
    slot.underWay = undefined;
    if (kind === "interrupted") slot.vu = undefined;
  };
  const leave = (slot: Slot, ms: number): void => {
    slot.leftAtMs ??= ms;
    if (slot.underWay !== undefined && ms - slot.leftAtMs > rampDownMs) void slot.vu?.end();
  };
  return {
    step(ms) {
      const wanted = vusAt(scenario, ms);
      for (const [index, slot] of slots.entries()) {
        if (index >= wanted) leave(slot, ms);
        else if (slot.vu !== undefined) {
          slot.leftAtMs = undefined;
          slot.underWay ??= begin(slot, slot.vu);
        } else slot.underWay ??= replace(slot);
      }
    },
    settled: () => Promise.all(slots.flatMap(({ underWay }) => underWay ?? [])),
    async interrupt() {
      isOver = true;
      await Promise.all(slots.flatMap(({ vu }) => vu?.end() ?? []));
    },
  };

  async function replace(slot: Slot): Promise<void> {
    const vu = await startVu();
    if (isOver) return vu.end();
    slot.vu = vu;
    slot.underWay = undefined;
  }
}
