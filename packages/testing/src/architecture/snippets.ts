import { stripTypeScriptTypes } from "node:module";

/** A fenced block of a page: three backticks, a language, perhaps marks. */
export interface Snippet {
  path: string;
  /** Of the opening fence, from 1. */
  line: number;
  language: string;
  marks: string[];
  text: string;
}

/**
 * What is done with a snippet. `run`: the snippet test executes it. `test=NAME`: a test of its own
 * executes it, found by `documentSnippet(page, "NAME")`. `check`: only its syntax is checked, where it
 * needs what CI has not (a key, a cluster) or is part of a file.
 */
const MARKS = /^(run|check|test=[a-z0-9-]+)$/;
const MARKED_LANGUAGES = ["sh", "ts"];
const OTHER_LANGUAGES = ["text", "json", "jsonc", "sql", "yaml"];

export function parseSnippets(path: string, markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  let open: Snippet | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (!fence) {
      if (open) open.text += `${line}\n`;
      continue;
    }
    if (open) {
      snippets.push(open);
      open = undefined;
      continue;
    }
    const [language = "", ...marks] = (fence[1] ?? "").trim().split(/\s+/);
    open = { path, line: index + 1, language, marks, text: "" };
  }
  if (open) throw new Error(`${path}:${open.line}: the fence is not closed`);
  return snippets;
}

/** Faults that show without running anything. `tested` holds `page NAME` of every snippet's own test. */
export function snippetFaults(snippets: readonly Snippet[], tested: ReadonlySet<string>): string[] {
  return snippets.flatMap((snippet) => {
    const fault = markFault(snippet, tested) ?? syntaxFault(snippet);
    return fault === undefined ? [] : [`${snippet.path}:${snippet.line}: ${fault}`];
  });
}

function markFault(
  { path, language, marks }: Snippet,
  tested: ReadonlySet<string>,
): string | undefined {
  if (!MARKED_LANGUAGES.includes(language)) {
    return OTHER_LANGUAGES.includes(language)
      ? undefined
      : `'${language}' is not one of ${[...MARKED_LANGUAGES, ...OTHER_LANGUAGES].join(", ")}`;
  }
  const [mark, ...more] = marks;
  if (mark === undefined || more.length > 0 || !MARKS.test(mark))
    return "needs one mark: run, test=NAME or check";
  const name = mark.startsWith("test=") ? mark.slice("test=".length) : undefined;
  return name === undefined || tested.has(`${path} ${name}`)
    ? undefined
    : `no test takes documentSnippet("${path}", "${name}")`;
}

function syntaxFault({ language, text }: Snippet): string | undefined {
  try {
    if (language === "json") JSON.parse(text);
    if (language === "ts") stripTypeScriptTypes(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
