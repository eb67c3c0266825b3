import type { ErrorCode } from "@llamaagent/core";
import type { Sent } from "../send.ts";

export interface BadInput extends Sent {
  name: string;
  status: number;
  code: ErrorCode;
  /** Of the first fault; left out where the fault has no place in the request. */
  pointer?: string;
}

export const json = { "content-type": "application/json" };
export const unknownId = "01900000-0000-7000-8000-000000000000";
export const invalid = { status: 422, code: "invalid_request" } as const;
export const unavailable = { status: 422, code: "not_available" } as const;

/** A string is sent as it is. */
export const post = (path: string, body: unknown): Sent => ({
  method: "POST",
  path,
  headers: json,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
