import { documentFiles, sourceFiles } from "./source-files.ts";
import { parseSnippets, type Snippet } from "./snippets.ts";

export function allSnippets(): Snippet[] {
  return documentFiles().flatMap(({ path, text }) => parseSnippets(path, text));
}

/** The text of the fence marked `test=NAME` on a page: the test runs what the reader reads. */
export function documentSnippet(page: string, name: string): string {
  const found = allSnippets().find(
    ({ path, marks }) => path === page && marks.includes(`test=${name}`),
  );
  if (!found) throw new Error(`${page} has no snippet marked test=${name}`);
  return found.text;
}

/** `page NAME` of every call of `documentSnippet` in a test. */
export function testedSnippets(): Set<string> {
  const call = /documentSnippet\(\s*"([^"]+)",\s*"([^"]+)"/g;
  return new Set(
    sourceFiles()
      .filter(({ path }) => path.endsWith(".test.ts"))
      .flatMap(({ text }) => [...text.matchAll(call)].map(([, page, name]) => `${page} ${name}`)),
  );
}
