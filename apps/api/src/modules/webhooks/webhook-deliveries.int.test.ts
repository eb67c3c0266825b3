import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { logDelivery } from "@llamaagent/runs";
import { send } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface DeliveryPage {
  items: { delivery_id: string; attempt: number }[];
  next_cursor?: string;
}

describe.each(topologies)("the log of deliveries, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start();
  });
  afterAll(() => api?.close());

  const page = async (query: string) =>
    (await send(api.url, { path: `/webhooks/deliveries${query}` })).json as DeliveryPage;
  const attempts = ({ items }: DeliveryPage) => items.map(({ attempt }) => attempt);

  async function log(runId: string, attempt: number): Promise<void> {
    await api.context.db.tenant(DEFAULT_TENANT_ID, (tx) =>
      logDelivery(tx, DEFAULT_TENANT_ID, {
        delivery_id: uuidv7(),
        run_id: runId,
        event_id: "1-1",
        event_type: "run.completed",
        url: "https://example.com/hook",
        attempt,
        error: "the receiver answered 500",
        status_code: 500,
        duration_ms: 1,
      }),
    );
  }

  it.runIf(isThere)("lists deliveries in pages, newest first, of all runs and of one", async () => {
    const [one, other] = [uuidv7(), uuidv7()];
    for (const attempt of [1, 2, 3, 4]) await log(one, attempt);
    await log(other, 5);
    const first = await page("?limit=2");
    expect(attempts(first)).toEqual([5, 4]);
    expect(first.next_cursor).toBe(first.items[1]?.delivery_id);
    const second = await page(`?limit=2&cursor=${first.next_cursor}`);
    expect(attempts(second)).toEqual([3, 2]);
    const last = await page(`?limit=2&cursor=${second.next_cursor}`);
    expect(attempts(last)).toEqual([1]);
    expect(last).not.toHaveProperty("next_cursor");

    const ofOne = await page(`?run_id=${one}&limit=2&cursor=${first.items[0]?.delivery_id}`);
    expect(attempts(ofOne)).toEqual([4, 3]);
    // As many as there are: no further page.
    const rest = await page(`?run_id=${one}&limit=2&cursor=${ofOne.next_cursor}`);
    expect(attempts(rest)).toEqual([2, 1]);
    expect(rest).not.toHaveProperty("next_cursor");
  });
});
