import { expect, it } from "vitest";
import { routeTags } from "./route-tags.ts";

it("lists the tags of all operations, each once", () => {
  expect(
    routeTags({
      openapi: "3.1.0",
      tags: [{ name: "Never used" }],
      paths: {
        "/runs": { post: { tags: ["Runs"] }, get: { tags: ["Runs"] } },
        "/agents": { post: { tags: ["Agents"], summary: "Create" } },
        "/untagged": { get: {} },
      },
    }),
  ).toEqual(["Agents", "Runs"]);
});
