// `npm run example -- <name>` runs one of these; without a name it lists them.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = import.meta.dirname;

/** Plug-ins are loaded by examples and servers; by themselves they do nothing. */
const isExample = (path: string) =>
  path.endsWith(".ts") &&
  !path.endsWith(".test.ts") &&
  path !== "run.ts" &&
  !path.startsWith("plugins/");

async function listExamples(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .map((path) => path.replaceAll("\\", "/"))
    .filter(isExample)
    .map((path) => path.slice(0, -".ts".length))
    .toSorted();
}

/** An example's first line says what it shows. */
async function describe(name: string): Promise<string> {
  const [first = ""] = (await readFile(join(folder, `${name}.ts`), "utf8")).split("\n");
  return `  ${name.padEnd(20)} ${first.replace(/^\/\/ /, "")}`;
}

const examples = await listExamples();
const name = process.argv[2];
if (name !== undefined && examples.includes(name)) {
  // A failed assert rejects here: exit code 1.
  await import(pathToFileURL(join(folder, `${name}.ts`)).href);
} else {
  if (name !== undefined) console.error(`There is no example named '${name}'.\n`);
  console.log("npm run example -- <name>, where <name> is one of:\n");
  console.log((await Promise.all(examples.map(describe))).join("\n"));
  process.exitCode = name === undefined ? 0 : 1;
}
