import { describe, expect, it } from "vitest";
import { words } from "../test/words.ts";
import { email } from "./email.ts";

describe("e-mail addresses", () => {
  it.each([
    ["write to ada@example.com.", ["ada@example.com"]],
    [
      "Ada <ada.lovelace+news@mail.example.co.uk>, b_c@x-y.org",
      ["ada.lovelace+news@mail.example.co.uk", "b_c@x-y.org"],
    ],
    ["O'Brien: o'brien@example.ie", ["o'brien@example.ie"]],
    ["'ada@example.com'", ["ada@example.com"]],
    ["mailto:ada@example.com?subject=x", ["ada@example.com"]],
    ["?email=ada%40example.com&x=1", ["ada%40example.com"]],
    ["müller@bücher.example", ["müller@bücher.example"]],
    ["ada@xn--bcher-kva.xn--p1ai", ["ada@xn--bcher-kva.xn--p1ai"]],
    ["ada@example.com-2026 and bob@example.com...", ["ada@example.com", "bob@example.com"]],
    ["ADA@EXAMPLE.COM", ["ADA@EXAMPLE.COM"]],
    ["see https://example.com,ada@example.com", ["ada@example.com"]],
    ['{"to":"ada@example.com"}', ["ada@example.com"]],
    ["12345@qq.com, ada@163.com", ["12345@qq.com", "ada@163.com"]],
  ])("are found in: %s", (text, found) => {
    expect(words(email, text)).toEqual(found);
  });

  it.each([
    "ada@example",
    "@example.com",
    "ada@",
    "ada@.com",
    "ada@1.2.3-rc.beta",
    "logo@3x.png",
    "git@gitlab.com:group/project",
    "postgres://ada:secret@db.example.com/x",
    "ssh://ada@host.example.com",
  ])("are not: %s", (text) => {
    expect(words(email, text)).toEqual([]);
  });
});
