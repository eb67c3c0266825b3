import { format } from "oxfmt";

/** As `npm run format` would leave it. */
export async function formatted(name: string, text: string): Promise<string> {
  const { code, errors } = await format(name, text, { printWidth: 100 });
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join("; "));
  return code;
}
