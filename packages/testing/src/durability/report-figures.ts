/** What a test measured, for whoever reads its output: no test fails for it. */
export function reportFigures(text: string): void {
  process.stdout.write(`${text}\n`);
}
