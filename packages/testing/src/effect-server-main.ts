/**
 * The effect server as a process of its own: `node packages/testing/src/effect-server-main.ts FILE`.
 * Prints its URL on one line once it listens.
 */
import { startEffectServer } from "./durability/effect-server.ts";

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("the file for its lines is needed");
const server = await startEffectServer({ file });
process.stdout.write(`${server.url}\n`);
process.once("SIGTERM", () => void server.close());
