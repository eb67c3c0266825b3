/** What does not belong into a line of a log, beside its end: a terminal obeys it, a reader takes it for a new line. */
// oxlint-disable-next-line no-control-regex -- these are what it looks for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** What speaks against what was written at once as one record: one line of JSON, and nothing that is more than text. */
export function logFaults(written: string): string[] {
  const line = written.endsWith("\n") ? written.slice(0, -1) : `${written}, without its end`;
  if (CONTROLS.test(line)) return [`holds controls: ${JSON.stringify(line)}`];
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === "object" && record !== null ? [] : [`is no object: ${line}`];
  } catch {
    return [`is no JSON: ${line}`];
  }
}
