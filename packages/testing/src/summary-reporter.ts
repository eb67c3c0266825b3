import type { Reporter, TestModule } from "vitest/node";

/** Prints one machine-readable last line: `N passed, N failed[, N skipped]`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const n = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        n[test.result().state] += 1;
        tests += 1;
      }
      // A file that cannot be loaded, or whose hooks fail, counts as one failure.
      if (module.state() === "failed" && (tests === 0 || module.errors().length > 0)) n.failed += 1;
    }
    const skipped = n.skipped + n.pending;
    process.once("exit", (code) => {
      // A run that stops before its tests (a global set-up that fails) is a failure too.
      if (code !== 0 && n.failed === 0) n.failed = 1;
      process.stdout.write(
        `${n.passed} passed, ${n.failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`,
      );
    });
  }
}
