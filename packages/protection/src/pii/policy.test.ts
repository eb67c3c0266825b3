import { describe, expect, it } from "vitest";
import { PersonalDataPolicy } from "./policy.ts";

describe("PersonalDataPolicy", () => {
  it("leaves everything as it is where nothing is said", () => {
    expect(PersonalDataPolicy.parse({})).toEqual({ model_input: {}, memory: {}, events: {} });
  });

  it("takes an action for each kind and for the rest", () => {
    const policy = {
      default_country: "DE",
      model_input: { default: "token", credential: "block", machine_address: "allow" },
      memory: { default: "redact", email: "hash", card: "mask" },
      events: { credential: "redact" },
    };
    expect(PersonalDataPolicy.parse(policy)).toEqual(policy);
  });

  it.each([
    ["a kind that nobody looks for", { model_input: { shoe_size: "redact" } }],
    ["an unknown action", { events: { email: "delete" } }],
    ["tokens where nobody could turn them back", { memory: { email: "token" } }],
    ["tokens in events", { events: { default: "token" } }],
    ["an unknown place", { logs: { email: "allow" } }],
    ["an unknown country", { default_country: "XX" }],
    ["a country in small letters", { default_country: "de" }],
  ])("refuses %s", (_what, policy) => {
    expect(PersonalDataPolicy.safeParse(policy).success).toBe(false);
  });
});
