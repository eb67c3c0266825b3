import { randomUUID } from "node:crypto";
import type { CancelSignals } from "@llamaagent/core";
import { afterEach, describe, expect, it, vi } from "vitest";

/** What every adapter of CancelSignals keeps. `open` gives one end; all ends of a suite hear each other. */
export function cancelSignalsContract(name: string, open: () => Promise<CancelSignals>): void {
  describe(`${name}: the contract of cancel signals`, () => {
    const opened: CancelSignals[] = [];
    const end = async () => {
      const signals = await open();
      opened.push(signals);
      return signals;
    };
    afterEach(async () => {
      for (const signals of opened.splice(0)) await signals.close();
    });

    it("tells every listener which run is cancelled", async () => {
      const [a, b] = [await end(), await end()];
      const heard = [new Set<string>(), new Set<string>(), new Set<string>()];
      a.subscribe((runId) => heard[0]?.add(runId));
      a.subscribe((runId) => heard[1]?.add(runId));
      b.subscribe((runId) => heard[2]?.add(runId));
      const run = { tenantId: randomUUID(), runId: randomUUID() };
      await vi.waitFor(async () => {
        await a.publish(run);
        for (const set of heard) expect([...set]).toEqual([run.runId]);
      });
    });

    it("publishes where nobody listens", async () => {
      await (await end()).publish({ tenantId: randomUUID(), runId: randomUUID() });
    });
  });
}
