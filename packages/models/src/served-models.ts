import { z } from "zod";

const ModelList = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/** Ids from `GET /models`; undefined where the server is away, slow, or answers something else. */
export async function servedModels(
  baseUrl: string,
  options: { apiKey: string | undefined; signal: AbortSignal },
): Promise<string[] | undefined> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, {
      headers: options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` },
      signal: options.signal,
    });
    return ModelList.parse(await response.json()).data.map((model) => model.id);
  } catch {
    // A probe's failure is its answer: nothing usable is there.
    return undefined;
  }
}
