import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { generatedDocuments } from "./generated-documents.ts";

const repository = resolve(import.meta.dirname, "../../../..");
for (const [path, produce] of Object.entries(generatedDocuments)) {
  const target = join(repository, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await produce());
  process.stdout.write(`${path}\n`);
}
