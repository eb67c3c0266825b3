import { definePrompting, type Message } from "@llamaagent/core";

/** More names would cost more tokens than they help; `list_files` gives the rest. */
const maxFilesNamed = 200;

/** The agent's instructions and the names of its files, then the thread, then the task. */
export const defaultPrompting = definePrompting({
  name: "default",
  description: "Instructions and file names as the system message, then the thread, then the task",
  buildMessages(task, { agent, history, files }) {
    const system = [agent.instructions.trim(), fileList(files)].filter((part) => part !== "");
    const opening: Message[] =
      system.length > 0 ? [{ role: "system", content: system.join("\n\n") }] : [];
    return [...opening, ...history, ...task];
  },
});

function fileList(files: readonly string[]): string {
  if (files.length === 0) return "";
  const named = files.slice(0, maxFilesNamed).map((file) => `- ${oneLine(file)}`);
  const rest = files.length - named.length;
  if (rest > 0) named.push(`… and ${rest} more`);
  return `Files in the workspace:\n${named.join("\n")}`;
}

/** A line break in a file's name must not add lines of its own to the system message. */
function oneLine(name: string): string {
  return /[\p{Cc}\u2028\u2029]/u.test(name) ? JSON.stringify(name) : name;
}
