import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "./errors.ts";
import { settingFault } from "./setting-fault.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Every `NAME_FILE` gives `NAME` the file's content (the last line break removed), as secrets are
 * mounted. Only names of the schema are looked at. An empty variable counts as absent.
 */
function withFiles(names: readonly string[], env: Environment, faults: string[]): Environment {
  const values: Record<string, string> = {};
  for (const name of names) {
    const direct = env[name];
    const file = env[`${name}_FILE`];
    if (direct) values[name] = direct;
    if (!file) continue;
    if (direct) {
      faults.push(`${name}: both ${name} and ${name}_FILE are set`);
      continue;
    }
    try {
      values[name] = readFileSync(file, "utf8").replace(/\r?\n$/, "");
    } catch {
      faults.push(`${name}_FILE: cannot be read`);
    }
  }
  return values;
}

/** Parses the environment; throws `invalid_configuration` that lists every fault, never a value. */
export function readSettings<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Environment,
): z.infer<z.ZodObject<Shape>> {
  const faults: string[] = [];
  const values = withFiles(Object.keys(schema.shape), env, faults);
  const parsed = schema.safeParse(values);
  if (!parsed.success)
    faults.push(
      ...parsed.error.issues.map((issue) => {
        const name = String(issue.path[0] ?? "environment");
        const isSet = Object.hasOwn(values, name);
        return `${name}: ${settingFault(issue, { schema: schema.shape[name], isSet })}`;
      }),
    );
  if (faults.length > 0 || !parsed.success)
    // Of a number, zod may name both that it is not whole and that it is out of range.
    throw new AppError("invalid_configuration", { detail: [...new Set(faults)].join("\n") });
  return parsed.data;
}
