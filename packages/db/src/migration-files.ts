import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

export interface MigrationFile {
  version: number;
  name: string;
  sha256: string;
  sql: string;
}

/** `migrations/<4 digits>_<name>.sql`, in order. */
export async function readMigrationFiles(): Promise<MigrationFile[]> {
  const folder = new URL("../migrations/", import.meta.url);
  const files: MigrationFile[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const parts = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file);
    if (!parts) throw new Error(`migrations/${file} is not named <4 digits>_<name>.sql`);
    const [, digits = "", name = ""] = parts;
    // A check-out with Windows line ends is the same migration.
    const sql = (await readFile(new URL(file, folder), "utf8")).replaceAll("\r\n", "\n");
    const sha256 = createHash("sha256").update(sql).digest("hex");
    files.push({ version: Number(digits), name, sha256, sql });
  }
  return files;
}
