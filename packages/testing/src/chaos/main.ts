import { writeFileSync } from "node:fs";
import { chaosArguments, helpText } from "./chaos-arguments.ts";
import { experiments } from "./experiments.ts";
import { closingLine, resultTable } from "./report/result-table.ts";
import { failures, type Result } from "./report/result.ts";
import { runExperiment } from "./run-experiment.ts";

const asked = chaosArguments(process.argv.slice(2), experiments);
if (typeof asked === "string") {
  process.stderr.write(`${asked}\n`);
  process.exitCode = 2;
} else if (asked.help) process.stdout.write(helpText(experiments));
else {
  const { chosen, form, repeat, seed, json } = asked;
  process.stderr.write(`chaos, ${form} form: --seed ${seed}\n`);
  const results: Result[] = [];
  for (let round = 0; round < repeat; round += 1) {
    const ofRound: Result[] = [];
    for (const experiment of chosen) {
      const startedAt = performance.now();
      const log = (text: string): void => {
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
        process.stderr.write(`${seconds} s  ${experiment.number}: ${text}\n`);
      };
      log(experiment.name);
      const result = await runExperiment(experiment, { form, seed: seed + round, log });
      log(failures(result).length === 0 ? "held" : "FAILED");
      ofRound.push(result);
    }
    process.stdout.write(`\n${resultTable(ofRound)}\n`);
    results.push(...ofRound);
  }
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ form, seed, results }, null, 2)}\n`);
  const hasFailed = results.some((result) => failures(result).length > 0);
  process.stdout.write(`\n${closingLine(results)}\n`, () => {
    // What an experiment that hung left behind would keep the process alive.
    process.exit(hasFailed ? 1 : 0);
  });
}
