/** Where a sealed value stands. It opens there and nowhere else: not in another tenant, row or column. */
export interface ValueContext {
  tenantId: string;
  table: string;
  /** The row's key within its tenant. */
  row: string;
  column: string;
}

export const fieldsOf = ({ tenantId, table, row, column }: ValueContext): string[] => [
  tenantId,
  table,
  row,
  column,
];

/**
 * Fields as one text: netstrings (https://cr.yp.to/proto/netstrings.txt), each with its length in bytes before
 * it, so that no two lists of fields have the same text.
 */
export const netstrings = (fields: readonly string[]): string =>
  fields.map((field) => `${Buffer.byteLength(field)}:${field},`).join("");

/** The same as bytes: for additional data, and to derive keys from. */
export const encodeFields = (fields: readonly string[]): Buffer => Buffer.from(netstrings(fields));
