import { expect } from "vitest";
import type { Call, OperationCalls } from "../call.ts";
import type { Given } from "../given.ts";

/** An item in a namespace of its own. */
async function stored({ item, marker }: Given, labels: string[] = ["notes"]) {
  const namespace = [marker(), ...labels];
  const key = marker();
  const value = { text: "remember", of: key };
  await item({ namespace, key, value });
  return { namespace, key, value };
}
const withoutKey: Call = {
  name: "without a key",
  status: 422,
  request: ({ marker }) => ({ body: { namespace: [marker()] } }),
};

export const storeCalls: OperationCalls = {
  put_item: [
    {
      name: "a new one",
      status: 204,
      request: ({ marker }) => ({
        body: { namespace: [marker(), "notes"], key: "first", value: { text: "remember" } },
      }),
    },
    {
      name: "in place of another",
      status: 204,
      request: async (given) => ({
        body: { ...(await stored(given)), value: { text: "forget" } },
      }),
    },
    withoutKey,
    {
      name: "a value that is no object",
      status: 422,
      request: ({ marker }) => ({ body: { namespace: [marker()], key: "a", value: "text" } }),
    },
  ],
  get_item: [
    {
      name: "one that is there",
      status: 200,
      request: async (given) => {
        const { namespace, key, value } = await stored(given);
        return {
          query: { namespace, key },
          answer: expect.objectContaining({ namespace, key, value }),
        };
      },
    },
    {
      name: "one that was replaced",
      status: 200,
      request: async (given) => {
        const { namespace, key } = await stored(given);
        const value = { text: "forget" };
        await given.item({ namespace, key, value });
        return { query: { namespace, key }, answer: expect.objectContaining({ value }) };
      },
    },
    {
      name: "a label with a dot",
      status: 400,
      request: () => ({ query: { namespace: ["a", "b.c"], key: "a" } }),
    },
    {
      name: "an unknown one",
      status: 404,
      request: ({ marker }) => ({ query: { namespace: [marker()], key: "a" } }),
    },
    { name: "without a key", status: 422, request: () => ({ query: { namespace: ["a"] } }) },
  ],
  delete_item: [
    {
      name: "one that is there",
      status: 204,
      request: async (given) => {
        const { namespace, key } = await stored(given);
        return { body: { namespace, key } };
      },
    },
    {
      name: "one that was deleted",
      status: 404,
      request: async (given) => {
        const { namespace, key } = await stored(given);
        await given.ask("DELETE", "/store/items", { namespace, key });
        return { body: { namespace, key } };
      },
    },
    withoutKey,
  ],
  search_items: [
    {
      name: "under a prefix, by a field",
      status: 200,
      request: async (given) => {
        const { namespace, key, value } = await stored(given, ["notes", "today"]);
        await given.item({ namespace, key: "other", value: { of: "other" } });
        return {
          body: { namespace_prefix: namespace.slice(0, 2), filter: { of: key } },
          answer: { items: [expect.objectContaining({ namespace, key, value })] },
        };
      },
    },
    {
      name: "one and then the next",
      status: 200,
      request: async (given) => {
        const { namespace, key } = await stored(given);
        await given.item({ namespace, key: "other", value: {} });
        const search = { namespace_prefix: namespace, limit: 1 };
        const first = await given.ask("POST", "/store/items/search", search);
        const other = JSON.stringify(first)?.includes(`"key":"${key}"`) ? "other" : key;
        return {
          body: { ...search, offset: 1 },
          answer: { items: [expect.objectContaining({ key: other })] },
        };
      },
    },
    {
      name: "with null for what is not asked",
      status: 200,
      request: async (given) => {
        await stored(given);
        return {
          body: { namespace_prefix: null, filter: null, limit: 1 },
          answer: { items: [expect.objectContaining({ key: expect.any(String) })] },
        };
      },
    },
    { name: "a limit that is text", status: 422, request: () => ({ body: { limit: "many" } }) },
  ],
  list_namespaces: [
    {
      name: "by prefix and suffix",
      status: 200,
      request: async (given) => {
        const { namespace } = await stored(given, ["notes", "today"]);
        await given.item({ namespace: namespace.slice(0, 2), key: "a", value: {} });
        return {
          body: { prefix: namespace.slice(0, 1), suffix: ["today"] },
          answer: [namespace],
        };
      },
    },
    {
      name: "to a depth",
      status: 200,
      request: async (given) => {
        const { namespace } = await stored(given, ["notes", "today"]);
        return {
          body: { prefix: namespace.slice(0, 1), max_depth: 2, limit: 10, offset: 0 },
          answer: [namespace.slice(0, 2)],
        };
      },
    },
    {
      name: "what is not there",
      status: 200,
      request: ({ marker }) => ({ body: { prefix: [marker()] }, answer: [] }),
    },
    { name: "a depth that is text", status: 422, request: () => ({ body: { max_depth: "two" } }) },
  ],
};
