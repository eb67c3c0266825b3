import { once } from "node:events";
import { readKeyFile } from "../key-file.ts";
import { ensureKeyFile } from "../own-key-file.ts";

const [, , path = ""] = process.argv;
process.stdout.write("ready\n");
await once(process.stdin, "data");
await ensureKeyFile(path);
process.stdout.write(`${(await readKeyFile(path)).toString("hex")}\n`);
process.exit();
