import { createPluginRegistry } from "@llamaagent/core";
import { expect, it } from "vitest";
import { agentsPlugin } from "./manifest.ts";

it("loads as a plug-in and brings the default strategy", () => {
  const registry = createPluginRegistry([{ source: "built-in", plugin: agentsPlugin }]);
  expect([...registry.prompting.keys()]).toEqual(["default"]);
});
