/** A double of the module `k6/execution`: what the scripts use of it. */
import type { ScenarioPlace } from "../vu/protocol.ts";
import { vuLink } from "../vu/vu-link.ts";

function place(): ScenarioPlace {
  const found = vuLink().place;
  if (found === undefined) throw new Error("there is no scenario outside iterations");
  return found;
}

export default {
  scenario: {
    get name() {
      return place().name;
    },
    get executor() {
      return place().executor;
    },
    get startTime() {
      return place().startTime;
    },
    /** From 0 to 1 */
    get progress() {
      const { startTime, loadMs } = place();
      return Math.min(1, (Date.now() - startTime) / loadMs);
    },
    /** Of the scenario, over all VUs. */
    get iterationInTest() {
      return place().iterationInTest;
    },
  },
  vu: {
    get idInTest() {
      return vuLink().id;
    },
    get iterationInScenario() {
      return place().iterationInScenario;
    },
  },
  test: {
    abort(reason = "test aborted"): never {
      vuLink().abort(reason);
      throw new Error(reason);
    },
  },
};
