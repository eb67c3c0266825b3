import { buildOpenApi } from "@llamaagent/api";
import { errorCatalogue } from "@llamaagent/core";
import { format } from "oxfmt";
import { clientTypes } from "./client-types.ts";
import { environmentExample } from "./environment-example.ts";
import { errorList } from "./error-list.ts";
import { settingsSections } from "./settings-sections.ts";

/** Files that are written from code: `npm run generate` writes them, a test compares them. */
export const generatedDocuments: Readonly<Record<string, () => Promise<string>>> = {
  ".env.example": () => Promise.resolve(environmentExample(settingsSections)),
  "docs/errors.md": () => formatted("errors.md", errorList(errorCatalogue)),
  "docs/openapi.json": async () => formatted("openapi.json", JSON.stringify(await buildOpenApi())),
  "packages/client/src/generated/types.ts": clientTypes,
};

async function formatted(name: string, text: string): Promise<string> {
  const { code, errors } = await format(name, text, { printWidth: 100 });
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join("; "));
  return code;
}
