import { expect, it } from "vitest";
import { conformanceTable } from "./conformance-table.ts";

const operation = (operationId: string) => ({
  operationId,
  method: "GET",
  path: "/threads",
  parameters: [],
  responses: {},
});

it("shows each operation with its calls, and their sums", () => {
  const rows = [
    { operation: operation("get_thread"), calls: 12, valid: 11, missing: 0, note: "never 404" },
    { operation: operation("get"), calls: 1, valid: 1, missing: 2, note: "late" },
  ];
  expect(conformanceTable("embedded", rows)).toBe(`Conformance, embedded
| Agent Protocol 0.1.6 | operation  | calls | valid |                         |
| -------------------- | ---------- | ----- | ----- | ----------------------- |
| GET /threads         | get_thread | 12    | 11    | never 404               |
| GET /threads         | get        | 1     | 1     | 2 calls not built; late |
2 operations, 13 calls, 12 valid, 2 not built`);
});
