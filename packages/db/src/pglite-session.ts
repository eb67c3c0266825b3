import type { PGlite } from "@electric-sql/pglite";
import type { Session } from "./session.ts";
import { translateError } from "./sql-errors.ts";
import { encodeParameter } from "./sql-values.ts";

export function pgliteSession(pglite: PGlite, onUnusable: () => void): Session {
  const script = (text: string) =>
    guarded(async () => {
      await pglite.exec(text);
    });
  return {
    run: (text, values, rowMode) =>
      guarded(async () => {
        const result = await pglite.query(text, values.map(encodeParameter), { rowMode });
        return result.rows;
      }),
    script,
    control: script,
    pipelines: false,
    discard: onUnusable,
  };
}

/** PGlite puts the statement and its values on its errors; values may hold prompts and get logged. */
async function guarded<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof Error)
      for (const key of ["query", "params", "queryOptions"]) Reflect.deleteProperty(error, key);
    throw translateError(error);
  }
}
