import { inspect } from "node:util";
import { isAppError } from "@llamaagent/core";
import { startScaledApi } from "./scaled-api.ts";

try {
  const api = await startScaledApi(process.env, process.cwd());
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // A second signal ends at once: clients resume at another replica.
      if (stopping) process.exit(1);
      stopping = true;
      void api.stop().then(() => process.exit(0));
    });
  }
} catch (error) {
  // A known fault needs no stack: its text says what to do.
  process.stderr.write(`${isAppError(error) ? error.message : inspect(error)}\n`);
  process.exit(1);
}
