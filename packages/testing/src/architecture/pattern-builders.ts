import { isTestCode, type SourceFile } from "./source-files.ts";

/**
 * What makes a pattern of text: a regular expression, a JSON schema with `pattern`, or Postgres's own. All of
 * these go back and forth over what they match, for years where somebody else wrote the pattern.
 */
const BUILDS =
  /\bRegExp\(|\bfromJSONSchema\(|\bAjv\w*\b|\bSIMILAR TO\b|\bregexp_\w+\(|\s!?~\*?\s+(?:ANY\s*\()?\$\d/;

/** Shipped files that do so, by path. */
export function patternBuilders(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => !isTestCode(path) && BUILDS.test(text))
    .map(({ path }) => path);
}
