import { resolve } from "node:path";
import { runMain } from "../run-main.ts";
import { CliError, EXIT } from "../cli-error.ts";
import { readUpload } from "../upload.ts";
import { DEMO_USAGE, parseDemoArguments } from "./demo-arguments.ts";

await runMain(process.env, async (context) => {
  const args = parseDemoArguments(process.argv.slice(2), {
    // npm runs scripts in the repository's folder, and says where the user was.
    directory: process.env["INIT_CWD"] ?? process.cwd(),
    readme: resolve(import.meta.dirname, "../../../../README.md"),
  });
  if (args === "help") {
    context.terminal.out(`${DEMO_USAGE}\n`);
    return EXIT.done;
  }
  const upload = await readUpload(args.file);
  if (!upload.isText)
    throw new CliError(`--file ${args.file}: is not text (UTF-8); the demo reads text`, EXIT.usage);
  const { demo } = await import("./demo.ts");
  return demo(context, { ...args, upload });
});
