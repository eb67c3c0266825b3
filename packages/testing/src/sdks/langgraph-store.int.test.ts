import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, topologies } from "../api/topologies.ts";

describe.each(topologies)("the store of LangGraph's client, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start();
  });
  afterAll(() => api?.close());

  it.runIf(isThere)("puts, reads, finds and deletes an item", async () => {
    const { store } = new Client({ apiUrl: api.url, apiKey: null });
    const namespace = ["users", randomUUID()];
    await store.putItem(namespace, "tone", { formal: true });
    const item = { namespace, key: "tone", value: { formal: true } };
    expect(await store.getItem(namespace, "tone")).toMatchObject(item);
    const found = await store.searchItems(namespace, { filter: { formal: true } });
    expect(found.items).toMatchObject([item]);
    await store.deleteItem(namespace, "tone");
    await expect(store.getItem(namespace, "tone")).rejects.toMatchObject({ status: 404 });
  });
});
