import { REPOSITORY } from "../architecture/source-files.ts";

/** Each with what only a server's inside says. */
const LEAKS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["a stack", /\bat (?:async |new )?[\w.<>[\] ]+ \((?:file:|node:|\/)|\n\s+at \S+/],
  ["a line of a source file", /\b[\w-]+\.[cm]?[jt]s:\d+/],
  ["a dependency", /node_modules/],
  [
    "SQL",
    /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|RETURNING)\s[\s\S]{0,300}?\b(?:FROM|VALUES|SET|WHERE)\b/,
  ],
  [
    "a message of Postgres",
    /syntax error at|(?:relation|column|constraint|function) \\?"|invalid (?:input|byte sequence|escape)|duplicate key value|current transaction is aborted|permission denied for|SQLSTATE/,
  ],
  [
    "an error of JavaScript",
    /\b(?:Type|Reference|Range|Syntax|Zod|Assertion)Error\b|Cannot read propert/,
  ],
  ["a folder of this machine", new RegExp(escaped(REPOSITORY))],
];

/** What of the server's inside an answer tells; `given` is what the caller wrote in the request itself. */
export function answerLeaks(text: string, given = ""): string[] {
  const told = given === "" ? text : text.replaceAll(given, "").replaceAll(inJson(given), "");
  return LEAKS.filter(([, pattern]) => pattern.test(told)).map(([name]) => name);
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
