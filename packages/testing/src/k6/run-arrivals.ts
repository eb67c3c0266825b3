import { iterationsDue, type RateScenario } from "./load-shape.ts";
import type { Load, ScenarioSurroundings } from "./scenario-load.ts";

/**
 * constant-arrival-rate and ramping-arrival-rate: iterations begin when they are due, on whichever VU is
 * free. Where none is, the iteration is dropped, and one more VU is started for those to come.
 */
export async function runArrivals(
  scenario: RateScenario,
  { startVu, iterate, dropped }: ScenarioSurroundings,
): Promise<Load> {
  const { preAllocatedVUs, maxVUs = preAllocatedVUs } = scenario;
  const vus = await Promise.all(Array.from({ length: preAllocatedVUs }, startVu));
  const free = vus.map((vu) => ({ vu, iterations: 0 }));
  const underWay = new Set<Promise<unknown>>();
  let planned = preAllocatedVUs;
  let due = 0;
  let isOver = false;

  const keep = (work: Promise<unknown>): void => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  const begin = async (user: (typeof free)[number], iterationInTest: number): Promise<void> => {
    const iteration = { iterationInTest, iterationInScenario: user.iterations++ };
    const { kind } = await iterate(user.vu, iteration);
    if (kind !== "interrupted") free.push(user);
  };
  const grow = async (): Promise<void> => {
    const vu = await startVu();
    if (isOver) return vu.end();
    vus.push(vu);
    free.push({ vu, iterations: 0 });
  };
  return {
    step(ms) {
      for (; due < Math.floor(iterationsDue(scenario, ms)); due += 1) {
        const user = free.pop();
        if (user !== undefined) {
          keep(begin(user, due));
          continue;
        }
        dropped();
        if (planned >= maxVUs) continue;
        planned += 1;
        keep(grow());
      }
    },
    settled: () => Promise.all(underWay),
    async interrupt() {
      isOver = true;
      await Promise.all(vus.map((vu) => vu.end()));
    },
  };
}
