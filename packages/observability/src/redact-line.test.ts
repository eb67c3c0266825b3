import { networkInterfaces } from "node:os";
import { seededRandom, testSeed } from "@llamaagent/testing/durability/seeded-random";
import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { createLineRedaction } from "./redact-line.ts";

const redactLine = createLineRedaction();

function logged(write: (logger: ReturnType<typeof createLogger>) => void): unknown[] {
  const lines: string[] = [];
  write(createLogger({ level: "info", destination: { write: (line) => lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe("personal data in a log", () => {
  it.each([
    ["ada@example.com", "[email]"],
    ["+49 30 901820", "[phone]"],
    ["4111 1111 1111 1111", "[card]"],
    ["DE89 3704 0044 0532 0130 00", "[iban]"],
    ["536-90-4399", "[national_id]"],
    ["8.8.8.8", "[machine_address]"],
    ["la_k1_c2VjcmV0c2VjcmV0", "[credential]"],
  ])("is redacted in the message, in fields, their names, and errors: %s", (value, word) => {
    const [line, failure] = logged((logger) => {
      logger.info({ note: `of ${value}`, list: [{ [value]: value }] }, `for ${value}!`);
      logger.error(new Error(`no ${value}`, { cause: new Error(`"${value}"\n${value}`) }));
    });
    expect(line).toMatchObject({
      note: `of ${word}`,
      list: [{ [word]: word }],
      msg: `for ${word}!`,
    });
    expect(failure).toMatchObject({
      msg: `no ${word}`,
      err: { message: `no ${word}`, cause: { message: `"${word}"\n${word}` } },
    });
    expect(JSON.stringify([line, failure])).not.toContain(value);
  });

  it("is redacted where JSON stands in a text, and where a text is of several lines", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----";
    const body = JSON.stringify({ password: "correcthorse", to: "ada@example.com" });
    expect(
      logged((logger) =>
        logger.info({ key: `a\n${key}\nb`, note: body, path: "C:\\new\\ada@example.com" }, "x"),
      ),
    ).toMatchObject([
      {
        key: "a\n[credential]\nb",
        note: '{"password":"[credential]","to":"[email]"}',
        path: "C:\\new\\[email]",
      },
    ]);
  });

  it("is redacted in numbers; the line stays JSON", () => {
    expect(
      logged((logger) =>
        logger.info(
          { order: 4_111_111_111_111_111, below: -4_111_111_111_111_111, port: 8000 },
          "x",
        ),
      ),
    ).toMatchObject([{ order: "[card]", below: "[card]", port: 8000 }]);
  });

  it("does not join what stands in two texts", () => {
    const line =
      '{"a":"-----BEGIN PRIVATE KEY-----","b":"-----END PRIVATE KEY-----","c":"ada","d":"@example.com"}';
    expect(JSON.parse(redactLine(line))).toEqual({
      a: "[credential]",
      b: "-----END PRIVATE KEY-----",
      c: "ada",
      d: "@example.com",
    });
  });

  it("leaves an operator what says which machine does not answer", () => {
    const own = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
    const fields = {
      listening: "http://0.0.0.0:8000, http://127.0.0.1:8000, http://[::1]:8000",
      database: "connect ECONNREFUSED 10.1.2.3:5432, 192.168.1.5, fd00::17",
      this_machine: own.map(({ address }) => address).join(" "),
      version: "Chrome/120.0.0.0 v1.2.3.4",
    };
    expect(logged((logger) => logger.info(fields, "x"))).toMatchObject([fields]);
  });

  it("leaves an ordinary line as it is", () => {
    const line = `${JSON.stringify({
      level: "info",
      time: "2026-11-30T19:03:44.123Z",
      service: "api",
      request_id: "019ad6bc-f401-7abc-8def-0123456789ab",
      route: "/runs/:id",
      status: 200,
      duration_ms: 12,
      stack: "Error: x\n    at Object.<anonymous> (/srv/node_modules/pkg/index.js:12:34)",
      msg: "request",
    })}\n`;
    expect(redactLine(line)).toBe(line);
  });

  it("leaves JSON behind, whatever is in it", () => {
    const seed = testSeed();
    const random = seededRandom(seed);
    const next = (below: number): number => Math.floor(random() * below);
    const pieces = [
      '"',
      "\\",
      "\n",
      "\u0001",
      "\ud800",
      "n",
      "ada@example.com",
      "+4930901820",
      "=",
      "password",
      ":",
      "Bearer a1b2c3d4",
      " ",
      "4111111111111111",
      "://",
      "é",
      "\u200b",
      "{",
      "-----BEGIN PRIVATE KEY-----",
    ];
    const text = (): string =>
      Array.from({ length: next(9) }, () => pieces[next(pieces.length)]).join("");
    for (let round = 0; round < 2_000; round++) {
      const value = { [text()]: text(), number: next(2) * 4_111_111_111_111_111, list: [text()] };
      const line = JSON.stringify(value);
      expect(() => JSON.parse(redactLine(line)), `TEST_SEED=${seed} ${line}`).not.toThrow();
    }
  });
});
