/**
 * Thrown by a decorated port where the run has to wait without a worker. Agents and strategies never
 * catch it: parallel siblings settle first, then it passes through.
 */
export class RunSuspended extends Error {
  readonly stepKeys: string[];

  constructor(stepKeys: string[]) {
    super(`the run waits for: ${stepKeys.join(", ")}`);
    this.name = "RunSuspended";
    this.stepKeys = stepKeys;
  }
}
