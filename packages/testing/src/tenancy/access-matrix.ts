import type { Role } from "@llamaagent/core";

/** What an operation answered to whom. */
export interface AccessRow {
  operation: string;
  route: string;
  permission: string;
  /** To an admin of the tenant whose things it names; of tenants, to a platform admin. */
  owner: number;
  /** To somebody else with each role, about the same things. */
  others: Readonly<Record<Role, number>>;
}

const DENIED = 403;
const HIDDEN = 404;

/** For people: one line for each operation. */
export function printMatrix(rows: readonly AccessRow[], roles: readonly Role[]): string {
  const head = ["route", "permission", "owner", ...roles.map(String)];
  const lines = rows.map((row) => [
    `\`${row.route}\``,
    row.permission,
    String(row.owner),
    ...roles.map((role) => said(row.others[role])),
  ]);
  return table([head, ...lines]);
}

function said(status: number): string {
  if (status === DENIED) return "–";
  return status === HIDDEN ? "not found" : String(status);
}

function table(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const lines = cells.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
