import { compareAndReport } from "./compare-and-report.ts";
import { benchArguments, HELP } from "./bench-arguments.ts";

const fault = (text: string): void => {
  process.stderr.write(`${text}\n`);
  process.exitCode = 2;
};

const asked = benchArguments(process.argv.slice(2));
if (typeof asked === "string") fault(asked);
else if (asked.help) process.stdout.write(HELP);
else if (asked.profile) {
  const { writeProfiles } = await import("./profile/write-profiles.ts");
  await writeProfiles(asked);
} else if (asked.beside !== undefined) {
  const { compareCheckouts } = await import("./compare-checkouts.ts");
  await compareCheckouts(asked.beside, asked);
} else {
  const missed = await compareAndReport(asked);
  if (asked.check && missed.length > 0) process.exitCode = 1;
}
