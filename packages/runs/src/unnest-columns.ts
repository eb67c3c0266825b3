/** Name, Postgres type, values of one column: rows for a statement that takes many of them at once. */
export type Column = readonly [name: string, type: string, values: readonly unknown[]];

/** `unnest($n::type[], …) AS <alias> (<names>)`; adds the values to those of the statement. */
export function unnestColumns(
  columns: readonly Column[],
  values: unknown[],
  alias: string,
): string {
  const arrays = columns.map(([, type, list]) => `$${values.push(list)}::${type}[]`);
  return `unnest(${arrays.join(", ")}) AS ${alias} (${columnNames(columns)})`;
}

export function columnNames(columns: readonly Column[]): string {
  return columns.map(([name]) => name).join(", ");
}
