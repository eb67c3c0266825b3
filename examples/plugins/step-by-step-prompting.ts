import { definePlugin, definePrompting, type Message } from "@llamaagent/core";

const method = `Work step by step:
1. Say in one sentence what is asked.
2. Say which facts are needed, and get those that you lack with the tools.
3. Draw the conclusion from the facts, naming each.
End with one line that begins with "Answer:".`;

/** One prompting strategy in one file; agents choose it with `"prompting": "step_by_step"`. */
export const plugin = definePlugin({
  prompting: [
    definePrompting({
      name: "step_by_step",
      description: "Makes the model name question, facts and conclusion before its answer",
      buildMessages(task, { agent, tools, history, files }) {
        const parts = [
          agent.instructions,
          method,
          tools.length > 0 ? `Tools: ${tools.map((tool) => tool.name).join(", ")}` : "",
          files.length > 0 ? `Files: ${JSON.stringify(files.slice(0, 200))}` : "",
        ];
        const system: Message = {
          role: "system",
          content: parts.filter((part) => part !== "").join("\n\n"),
        };
        return [system, ...history, ...task];
      },
    }),
  ],
});
