/** What the tables of `docs/architecture.md` say of one package or app. */
export interface ImportRule {
  name: string;
  kind: "package" | "app";
  /** Of our own packages; `anything` for the one that may. Apps may import all packages but `never`. */
  mayImport: readonly string[] | "anything";
  /** Packages of which an app takes no more than `./manifest`, or nothing. */
  manifestOnly: readonly string[];
  never: readonly string[];
  /** Undefined: any library that its package.json declares. */
  libraries: readonly string[] | undefined;
}

/**
 * Reads the table headed `| package |` (third column: names, `–` or `anything`, then perhaps
 * `(zod only)` or `(no library)`) and the one headed `| app |` (third column: names, each perhaps
 * followed by `(only ./manifest)`). Throws where one is missing or a name in it is unknown.
 */
export function parseImportTable(markdown: string): ImportRule[] {
  const rules = [
    ...rows(markdown, "package").map(packageRule),
    ...rows(markdown, "app").map(appRule),
  ];
  const known = new Set(rules.map((rule) => rule.name));
  for (const rule of rules) {
    const named = [
      ...(rule.mayImport === "anything" ? [] : rule.mayImport),
      ...rule.manifestOnly,
      ...rule.never,
    ];
    for (const name of named)
      if (!known.has(name)) throw new Error(`${rule.name}: the table has no row for '${name}'`);
  }
  return rules;
}

function packageRule([name = "", , imports = ""]: string[]): ImportRule {
  const only = /\(([a-z-]+) only\)/.exec(imports)?.[1];
  const names = list(imports.replace(/\(.*\)/, "").replace(/;.*/, ""));
  return {
    name,
    kind: "package",
    mayImport: names.includes("anything") ? "anything" : names,
    manifestOnly: [],
    never: [],
    libraries: imports.includes("(no library)") ? [] : only === undefined ? undefined : [only],
  };
}

function appRule([name = "", , imports = ""]: string[]): ImportRule {
  const manifestOnly = list(imports).filter((entry) => entry.endsWith("(only ./manifest)"));
  return {
    name,
    kind: "app",
    mayImport: "anything",
    manifestOnly: manifestOnly.map((entry) => entry.replace(/ \(.*/, "")),
    never: list(imports).filter((entry) => !manifestOnly.includes(entry)),
    libraries: undefined,
  };
}

function list(cell: string): string[] {
  return cell
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "–");
}

function rows(markdown: string, heading: string): string[][] {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  if (start === -1) throw new Error(`no table headed '| ${heading} |'`);
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest
    .slice(0, end === -1 ? undefined : end)
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.replaceAll(/[`*]/g, "").trim()));
}

/** The packages of a circle in the table, if there is one. */
export function importCircle(rules: readonly ImportRule[]): string[] | undefined {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    const next = byName.get(name)?.mayImport ?? [];
    if (next === "anything") return undefined;
    return next.map((other) => visit(other, [...path, name])).find((circle) => circle);
  };
  return rules.map((rule) => visit(rule.name, [])).find((circle) => circle);
}
