import { pbkdf2Sync } from "node:crypto";
import { startWatchdog } from "../watchdog/start-watchdog.ts";

/** A process with a watchdog that stops answering in the way its argument says. */
const ways = {
  loop: function spin(): void {
    for (;;);
  },
  native: () => void pbkdf2Sync("password", "salt", 2 ** 31 - 1, 64, "sha512"),
  memory: function hoard(): void {
    const kept: Buffer[] = [];
    for (;;) kept.push(Buffer.alloc(1_000_000, 1));
  },
  idle: () => void setInterval(() => process.stdout.write("still here\n"), 2_000),
};
const way = process.argv[2] as keyof typeof ways; // of the test

const { openSteps } = startWatchdog({
  logLevel: "info",
  workerId: "w",
  rssBytesMax: 500 * 2 ** 20,
});
openSteps.open("done before")();
openSteps.open("run-1 model/0/tools/0 spin");
process.stdout.write("ready\n");
// A timer of its own: what blocks is no part of the start.
setTimeout(ways[way], 10);
