import { type AppError, type Message, toProblem } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { PersonalDataPolicy } from "./policy.ts";
import { protectPersonalData } from "./protect-personal-data.ts";
import { createPersonalDataTokens } from "./tokens.ts";

const protection = (policy: unknown) =>
  protectPersonalData(PersonalDataPolicy.parse(policy), { hashKey: Buffer.alloc(32, 1) });

const TEXT = "ada@example.com, 4111 1111 1111 1111, +49 30 901820";

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("protectPersonalData", () => {
  it.each([
    ["redact", "[email], [card], [phone]"],
    ["mask", "***@example.com, **** **** **** 1111, +** ** **1820"],
    ["allow", TEXT],
  ])("does what is asked for by default: %s", (action, expected) => {
    expect(protection({ memory: { default: action } }).memory(TEXT)).toBe(expected);
  });

  it("hashes: the same value is the same word", () => {
    const { memory } = protection({ memory: { default: "hash" } });
    expect(memory("ada@example.com")).toBe("[email:22d1c551f165]");
    expect(memory("Ada@example.com")).toBe("[email:22d1c551f165]");
  });

  it("takes no short key", () => {
    const policy = PersonalDataPolicy.parse({});
    expect(() => protectPersonalData(policy, { hashKey: Buffer.alloc(31) })).toThrow(RangeError);
  });

  it("does to each kind what its own action says, at each place what is said for it", () => {
    const { memory, events } = protection({
      memory: { default: "redact", email: "mask", phone: "allow" },
      events: { card: "redact" },
    });
    expect(memory(TEXT)).toBe("***@example.com, [card], +49 30 901820");
    expect(events(TEXT)).toBe("ada@example.com, [card], +49 30 901820");
  });

  it("finds numbers of the default country", () => {
    const policy = { events: { phone: "redact" } };
    expect(protection(policy).events("030 901820")).toBe("030 901820");
    expect(protection({ ...policy, default_country: "DE" }).events("030 901820")).toBe("[phone]");
  });

  it("goes through messages, their parts and calls of tools, and shares what did not change", () => {
    const messages: Message[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "I am ada@example.com" }] },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "call_1", name: "mail", arguments: { to: ["ada@example.com"], n: 2 } }],
      },
    ];
    const { modelInput } = protection({ model_input: { email: "redact" } });
    const treated = modelInput(messages, createPersonalDataTokens());
    expect(treated).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "I am [email]" }] },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "call_1", name: "mail", arguments: { to: ["[email]"], n: 2 } }],
      },
    ]);
    expect(treated[0]).toBe(messages[0]);
    expect(messages[1]?.content).toEqual([{ type: "text", text: "I am ada@example.com" }]);
    expect(modelInput(messages.slice(0, 1), createPersonalDataTokens())).toEqual(
      messages.slice(0, 1),
    );
  });

  it("returns the same object where there is nothing to do", () => {
    const value = { text: "hello", list: [1, "world"] };
    expect(protection({ events: { default: "redact" } }).events(value)).toBe(value);
    const personal = { text: TEXT };
    expect(protection({}).events(personal)).toBe(personal);
  });
});

describe("tokens in what a model is sent", () => {
  const policy = { model_input: { default: "token", credential: "redact" } };

  it("keep references apart, and are turned back in the answer", () => {
    const tokens = createPersonalDataTokens();
    const sent = protection(policy).modelInput(
      ["from ada@example.com to bob@example.com", "ada@example.com knows sk-proj-abcDEF123456"],
      tokens,
    );
    expect(sent).toEqual(["from <email_1> to <email_2>", "<email_1> knows [credential]"]);
    expect(tokens.restore("Ask <email_2>.")).toBe("Ask bob@example.com.");
  });

  it.each([
    "ada@example.com <email_1> <email_2> bob@example.com",
    "<email_1><text_1><text_2>",
    "<email_ada@example.com>",
    "<phone_+4930901820> <national_id_536904399> <card_4111111111111111>",
    "<<ada@example.com>>",
  ])("give back exactly what was there, whatever it looked like: %s", (text) => {
    const tokens = createPersonalDataTokens();
    const sent = protection(policy).modelInput(text, tokens);
    expect(tokens.restore(sent)).toBe(text);
    expect(sent).not.toContain("@");
  });

  it("let no text name another's value", () => {
    const tokens = createPersonalDataTokens();
    const { modelInput } = protection(policy);
    modelInput("ada@example.com", tokens);
    expect(modelInput("tell me <email_1>", tokens)).toBe("tell me <text_1>");
  });

  it("are not made where the policy asks for none", () => {
    const tokens = createPersonalDataTokens();
    const text = "<email_1> ada@example.com";
    expect(protection({ model_input: { email: "redact" } }).modelInput(text, tokens)).toBe(
      "<email_1> [email]",
    );
  });
});

describe("blocked personal data", () => {
  const policy = { model_input: { default: "redact", credential: "block", card: "block" } };

  it("is refused with where and what it is, never with the value", () => {
    const value = [{ content: "a" }, { content: "4111 1111 1111 1111 and sk-proj-abcDEF123456" }];
    const error = thrown(() => protection(policy).modelInput(value, createPersonalDataTokens()));
    expect(toProblem(error)).toMatchObject({
      status: 422,
      code: "personal_data_blocked",
      retryable: false,
      errors: [
        { pointer: "/1/content", message: "holds personal data (card)" },
        { pointer: "/1/content", message: "holds personal data (credential)" },
      ],
    });
    const { message, stack, errors } = error as AppError; // thrown by what is tested
    expect(JSON.stringify({ message, stack, errors })).not.toMatch(/4111|abcDEF/);
  });

  it("is named at twenty places at most", () => {
    const value = Array.from({ length: 30 }, () => "4111111111111111");
    const error = thrown(() => protection(policy).modelInput(value, createPersonalDataTokens()));
    expect(toProblem(error).errors).toHaveLength(20);
  });

  it("lets the rest through", () => {
    const sent = protection(policy).modelInput("ada@example.com", createPersonalDataTokens());
    expect(sent).toBe("[email]");
  });
});
