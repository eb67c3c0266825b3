/** Whoever executes the run has to end it as cancelled. */
export class RunCancelled extends Error {
  constructor() {
    super("the run's cancellation was requested");
    this.name = "RunCancelled";
  }
}
