import { expect, it } from "vitest";
import { createReceiverPlaces } from "./receiver-places.ts";

function fixture() {
  let now = 1_000;
  const places = createReceiverPlaces({ monotonicMs: () => now });
  const pass = (ms: number): void => void (now += ms);
  return { places, pass };
}

it("gives a receiver that answers in time as many places as there are", () => {
  const { places } = fixture();
  const taken = Array.from({ length: 20 }, () => places.take("https://a.example/x"));
  expect(taken).not.toContain(undefined);
  for (const leave of taken) leave?.();
  expect(places.take("https://a.example/y")).toBeDefined();
});

it("gives one place to a receiver that was slow, and all to others", () => {
  const { places, pass } = fixture();
  const first = places.take("https://a.example/x");
  pass(2_001);
  first?.();
  expect(places.take("https://a.example/x")).toBeDefined();
  expect(places.take("https://a.example/other")).toBeUndefined();
  expect(places.take("https://b.example/x")).toBeDefined();
});

it("gives it all again once it answers in time, or a minute later", () => {
  const { places, pass } = fixture();
  for (const recover of [() => places.take("https://a.example/x")?.(), () => pass(60_000)]) {
    const slow = places.take("https://a.example/x");
    pass(5_000);
    slow?.();
    recover();
    const both = [places.take("https://a.example/x"), places.take("https://a.example/x")];
    expect(both).not.toContain(undefined);
    for (const leave of both) leave?.();
  }
});
