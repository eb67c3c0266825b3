import { describe, expect, it } from "vitest";
import { uploadMediaType } from "./media-type.ts";

describe("uploadMediaType", () => {
  it.each([
    "text/plain",
    "text/html; charset=utf-8",
    'text/plain;charset="utf-8"; x=y',
    "application/vnd.api+json",
    "application/json",
  ])("keeps %s", (type) => {
    expect(uploadMediaType(type)).toBe(type);
  });

  it("calls bytes without a type what they are", () => {
    expect(uploadMediaType(undefined)).toBe("application/octet-stream");
  });

  it.each([
    "",
    "text",
    "text/",
    "text/plain;",
    "text/plain\ta",
    'a/b;x="\r\n"',
    `a/${"b".repeat(255)}`,
    "multipart/form-data; boundary=x",
  ])("refuses %j", (type) => {
    expect(() => uploadMediaType(type)).toThrow(
      expect.objectContaining({ code: "unsupported_media_type" }),
    );
  });
});
