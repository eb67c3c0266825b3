import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import type { LogFormat, LogLevel } from "./log-settings.ts";

function captured(options: { isTTY?: boolean; level?: LogLevel; format?: LogFormat } = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: options.level ?? "info",
    ...(options.format === undefined ? {} : { format: options.format }),
    service: "api",
    destination: {
      ...(options.isTTY ? { isTTY: true } : {}),
      write: (line: string) => lines.push(line),
    },
  });
  return { logger, text: () => lines.join(""), first: () => JSON.parse(lines[0] ?? "") as unknown };
}

describe("createLogger", () => {
  it("writes one JSON line with level, time, service, message and fields", () => {
    const { logger, first, text } = captured();
    logger.info({ port: 8000 }, "listening");
    expect(first()).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: "api",
      port: 8000,
      msg: "listening",
    });
    expect(text().endsWith("}\n")).toBe(true);
  });

  it("carries the ids of a child in each of its lines", () => {
    const { logger, first } = captured();
    logger.child({ request_id: "r1" }).child({ run_id: "u1" }).warn("slow");
    expect(first()).toMatchObject({ request_id: "r1", run_id: "u1", level: "warn", msg: "slow" });
  });

  it("writes nothing below its level", () => {
    const { logger, text } = captured({ level: "warn" });
    logger.info("chatter");
    expect(text()).toBe("");
  });

  it.each([
    "authorization",
    "Authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "password",
    "x-api-key",
    "apiKey",
    "api_key",
    "OPENAI_API_KEY",
    "LLAMAAGENT_MASTER_KEY",
    "clientSecret",
    "token",
    "accessToken",
    "refresh_token",
  ])("masks the field %s at any depth", (name) => {
    const { logger, text } = captured();
    logger.info({ [name]: "hunter2", request: { headers: { [name]: ["hunter2"] } } }, "x");
    expect(text()).not.toContain("hunter2");
    expect(text()).toContain("[redacted]");
  });

  it("masks the fields of a child as well", () => {
    const { logger, text } = captured();
    logger.child({ authorization: "hunter2" }).info("x");
    expect(text()).not.toContain("hunter2");
  });

  it.each([
    ["sk-proj-abcDEF123456", "abcDEF123456"],
    ["la_k1_c2VjcmV0c2VjcmV0", "c2VjcmV0c2VjcmV0"],
    ["authorization: Bearer abc.def-123456", "abc.def-123456"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "c2lnbmF0dXJl"],
    ["postgres://user:hunter2@db:5432/x", "hunter2"],
    ["redis://:hunter2@cache", "hunter2"],
    ["OPENAI_API_KEY=hunter2", "hunter2"],
    ["/callback?access_token=hunter2&x=1", "hunter2"],
    ["Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"],
    ["BEARER abc.def-123456", "abc.def-123456"],
    ["HTTPS://user:hunter2@host/", "hunter2"],
    ["PASSWORD=hunter2", "hunter2"],
    ["pk-abcDEF123456", "abcDEF123456"],
    ["rk-abcDEF123456", "abcDEF123456"],
  ])("masks the credential in the text %s", (text, credential) => {
    const logged = captured();
    logged.logger.info({ url: text, nested: { list: [text] } }, `failed: ${text}`);
    logged.logger.error({ err: new Error(text) }, "failed");
    logged.logger.error(new Error(text));
    expect(logged.text()).not.toContain(credential);
    for (const line of logged.text().trim().split("\n"))
      expect(() => JSON.parse(line)).not.toThrow();
  });

  it.each(["a-", "A_", "a://", "-eyJaaaaa", "eyJaaaaa.-", "la_a-", "Bearer ", "_token-"])(
    "masks a long line of '%s' in linear time",
    (part) => {
      const { logger, text } = captured();
      // 400 kB take well under a second; quadratic time would be minutes.
      logger.info(`${part.repeat(400_000 / part.length)} password=hunter2`);
      expect(text()).not.toContain("hunter2");
    },
    5_000,
  );

  it("leaves out prompts and results", () => {
    const { logger, text } = captured();
    logger.info({ run: { input: "my secret wish", output: { a: "my secret wish" } } }, "x");
    logger.info(
      { messages: [{ content: "my secret wish" }], arguments: { q: "my secret wish" } },
      "x",
    );
    expect(text()).not.toContain("my secret wish");
  });

  it("keeps what is no secret: ids, counts, keys of steps", () => {
    const { logger, first } = captured();
    const fields = {
      run_id: "019ad6bc-f401-7abc-8def-0123456789ab",
      usage: { input_tokens: 12, output_tokens: 3 },
      step_key: "model/0/tools/1",
      url: "http://127.0.0.1:8000/runs?limit=5",
      skipped: "task-123456789",
    };
    logger.info(fields, "x");
    expect(first()).toMatchObject(fields);
  });

  it("describes an error with its code and causes, without what libraries hang onto it", () => {
    const { logger, first, text } = captured();
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const err = Object.assign(new Error("no answer", { cause }), {
      query: "INSERT",
      params: ["a prompt"],
    });
    logger.error({ err }, "failed");
    expect(first()).toMatchObject({
      err: {
        type: "Error",
        message: "no answer",
        stack: expect.stringContaining("logger.test.ts"),
        cause: { message: "refused", code: "ECONNREFUSED" },
      },
    });
    expect(text()).not.toContain("a prompt");
  });

  it("names bytes and objects of classes, and ends cycles", () => {
    const { logger, first } = captured();
    const cycle: Record<string, unknown> = { bytes: new Uint8Array(3), socket: new Map() };
    cycle["self"] = cycle;
    logger.info({ cycle }, "x");
    expect(first()).toMatchObject({
      cycle: { bytes: "[3 bytes]", socket: "[Map]", self: { bytes: "[3 bytes]" } },
    });
  });

  it("takes method, URL and status of a request and its answer, as a server logs them", () => {
    const { logger, first, text } = captured();
    const headers = { authorization: "hunter2" };
    const req = Object.assign(new EventTarget(), { method: "GET", url: "/runs", headers });
    logger.info({ req, res: { statusCode: 200, headers } }, "request completed");
    expect(first()).toMatchObject({
      req: { method: "GET", url: "/runs" },
      res: { status_code: 200 },
    });
    expect(text()).not.toContain("hunter2");
  });

  it("writes one readable line to a terminal, masked too", () => {
    const { logger, text } = captured({ isTTY: true });
    logger.info({ port: 8000, url: "postgres://u:hunter2@db", note: "two words" }, "listening");
    expect(text()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}listening service=api port=8000 url=postgres:\/\/u:\[credential\]@db note="two words"\n$/,
    );
  });

  it.each([true, false])(
    "writes one line for a record, in which nothing commands a terminal: %s",
    (isTTY) => {
      const { logger, text } = captured({ isTTY });
      const hostile =
        'x\r\n{"level":"fatal"}\u001b[2J\u009b31m\u007f\u0085\u2028\u2029\u202e\u2066';
      logger.info({ name: hostile, short: "\u001b[2J", [hostile]: hostile }, hostile);
      logger.error({ err: new Error(hostile) }, "failed");
      const lines = text().split("\n");
      expect(lines).toHaveLength(3);
      expect(lines.at(-1)).toBe("");
      for (const line of lines)
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      if (!isTTY) expect(JSON.parse(lines[0] ?? "")).toMatchObject({ name: hostile, msg: hostile });
    },
  );

  it("writes JSON to a terminal where that is asked for", () => {
    const { logger, first } = captured({ isTTY: true, format: "json" });
    logger.info({ port: 8000 }, "listening");
    expect(first()).toMatchObject({ level: "info", port: 8000, msg: "listening" });
  });
});
