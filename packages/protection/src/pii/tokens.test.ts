import { describe, expect, it } from "vitest";
import { createPersonalDataTokens } from "./tokens.ts";

describe("createPersonalDataTokens", () => {
  it("gives one word for one value, and another for another", () => {
    const tokens = createPersonalDataTokens();
    expect(tokens.tokenFor("email", "ada@example.com")).toBe("<email_1>");
    expect(tokens.tokenFor("email", "bob@example.com")).toBe("<email_2>");
    expect(tokens.tokenFor("national_id", "536-90-4399")).toBe("<national_id_1>");
    expect(tokens.tokenFor("email", "ada@example.com")).toBe("<email_1>");
  });

  it("puts the values back, in texts and in any JSON value", () => {
    const tokens = createPersonalDataTokens();
    tokens.tokenFor("email", "ada@example.com");
    const call = { name: "send", arguments: { to: ["<email_1>"], n: 1, "<email_1>": null } };
    expect(tokens.restore("Dear <email_1>, <email_1>!")).toBe(
      "Dear ada@example.com, ada@example.com!",
    );
    expect(tokens.restore(call)).toEqual({
      name: "send",
      arguments: { to: ["ada@example.com"], n: 1, "<email_1>": null },
    });
  });

  it("leaves words alone that stand for nothing: models invent some", () => {
    const tokens = createPersonalDataTokens();
    tokens.tokenFor("email", "ada@example.com");
    const text = "<email_2> <Email_1> <phone_1> <email_01> <email_1";
    expect(tokens.restore(text)).toBe(text);
  });

  it("keeps words apart that looked like its own before", () => {
    const tokens = createPersonalDataTokens();
    const email = tokens.tokenFor("email", "ada@example.com");
    const text = tokens.keepApart("<email_1> <text_1> <b>");
    expect(text).toBe("<text_1> <text_2> <b>");
    expect(tokens.restore(`${text} ${email}`)).toBe("<email_1> <text_1> <b> ada@example.com");
  });

  it("does not restore what a value itself looks like", () => {
    const tokens = createPersonalDataTokens();
    tokens.tokenFor("credential", "<email_1>");
    tokens.tokenFor("email", "ada@example.com");
    expect(tokens.restore("<credential_1>")).toBe("<email_1>");
  });

  it("gives the same words in another scope for equal texts in equal order", () => {
    const words = () => {
      const tokens = createPersonalDataTokens();
      return ["a@example.com", "b@example.com"].map((value) => tokens.tokenFor("email", value));
    };
    expect(words()).toEqual(words());
  });
});

describe("a restorer of a text in pieces", () => {
  const scope = () => {
    const tokens = createPersonalDataTokens();
    tokens.tokenFor("email", "ada@example.com");
    for (let count = 0; count < 12; count++) tokens.tokenFor("machine_address", `10.0.0.${count}`);
    return tokens;
  };

  it("gives what is certain at once, and holds back no more than one partial word", () => {
    const { push, end } = scope().restorer();
    expect(push("Dear ")).toBe("Dear ");
    expect(push("<em")).toBe("");
    expect(push("ail_1")).toBe("");
    expect(push("> and <")).toBe("ada@example.com and ");
    expect(push("b> 1 < 2 <machine_address_1")).toBe("<b> 1 < 2 ");
    expect(push("2>")).toBe("10.0.0.11");
    expect(push("<phone")).toBe("");
    expect(end()).toBe("<phone");
    expect(end()).toBe("");
  });

  it("holds nothing back that cannot become a word", () => {
    const { push } = scope().restorer();
    for (const piece of ["<div>", "<Email_1", "<emails", "a < b", "<email_x", "<email_1234567890"])
      expect(push(piece)).toBe(piece);
  });

  it("gives the same whatever the pieces are", () => {
    const tokens = scope();
    const text =
      "<<email_1>> <machine_address_12><machine_address_1>, <email_9> <email_ 1> a<b <email_1";
    const whole = tokens.restore(text);
    for (let size = 1; size <= text.length; size++)
      for (let first = 0; first < size; first++) {
        const { push, end } = tokens.restorer();
        let restored = push(text.slice(0, first));
        for (let at = first; at < text.length; at += size)
          restored += push(text.slice(at, at + size));
        expect(restored + end(), `pieces of ${size} after ${first}`).toBe(whole);
      }
  });
});
