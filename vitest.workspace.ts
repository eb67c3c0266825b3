import { defineConfig } from "vitest/config";

const node = { environment: "node" as const, pool: "forks" as const };
const sources = "{packages,apps,examples,infra,bench}/**";
const integration = `${sources}/*.int.test.ts`;

export default defineConfig({
  test: {
    // A focused test silences the others: an error here as in CI.
    allowOnly: false,
    reporters: ["default", "./packages/testing/src/summary-reporter.ts"],
    projects: [
      {
        test: {
          ...node,
          name: "unit",
          include: [`${sources}/*.test.ts`],
          exclude: ["**/node_modules/**", integration],
        },
      },
      {
        test: {
          ...node,
          name: "integration",
          include: [integration],
          globalSetup: ["./packages/testing/src/services/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file starts processes of its own; two files keep two cores busy.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
