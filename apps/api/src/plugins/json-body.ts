import type { IncomingMessage } from "node:http";
import { AppError, isAppError } from "@llamaagent/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { bodyFaults } from "./body-faults.ts";
import { declaredBytes, readBody } from "./read-body.ts";

/** Exactly this, with no parameter but the one charset that JSON has (RFC 8259, RFC 9110 8.3). */
const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset=(?:utf-8|"utf-8"))?$/i;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Fastify's parsers compare loosely and read invalid UTF-8 as U+FFFD. An empty body is no body. */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", async (request: FastifyRequest, payload: IncomingMessage) => {
    const body = await received(request, payload);
    if (body.byteLength === 0) return undefined;
    refuseEncodedBody(request.headers);
    if (!jsonType.test(request.headers["content-type"] ?? ""))
      throw new AppError("unsupported_media_type", {
        detail: "The body must be application/json",
      });
    return parseJson(body);
  });
}

async function received(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
  const maxBytes = Math.min(
    request.routeOptions.bodyLimit,
    request.principal.limits?.body_bytes ?? Infinity,
  );
  const declared = declaredBytes(request.headers);
  try {
    if (cameWhole(payload, declared, maxBytes)) return wholeBody(payload);
    return await readBody(payload.iterator({ destroyOnReturn: false }), {
      maxBytes,
      declaredBytes: declared,
    });
  } catch (cause) {
    // The rest is read and dropped: a client that is still sending can read the answer.
    payload.resume();
    throw isAppError(cause) ? cause : new AppError("bad_request", { cause });
  }
}

/** A small body mostly came with its headers: then it is not copied, and nobody waits. Of a client that left nothing is taken. */
function cameWhole(payload: IncomingMessage, declared = 0, maxBytes: number): boolean {
  const isUntouched = payload.readableFlowing === null && !payload.destroyed;
  return isUntouched && declared > 0 && declared <= maxBytes && payload.readableLength === declared;
}

function wholeBody(payload: IncomingMessage): Buffer {
  const body = payload.read() as Buffer; // no encoding was set, and there is some
  payload.resume();
  return body;
}

export interface BodyHeaders {
  "content-type"?: string | undefined;
  "content-encoding"?: string | undefined;
}

/** Nothing here decompresses: what came would be stored, or read, as something else than it is. */
export function refuseEncodedBody(headers: BodyHeaders): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity")
    throw new AppError("unsupported_media_type", {
      detail: "The body must be sent without a content encoding",
    });
}

function parseJson(body: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch (cause) {
    // The parser's own message quotes the body.
    throw new AppError("invalid_json", {
      errors: [{ pointer: "", message: "is not valid JSON" }],
      cause,
    });
  }
  // Where a body may be left out, Fastify would take it for none.
  const errors =
    value === null ? [{ pointer: "", message: "must not be null" }] : bodyFaults(value);
  if (errors.length > 0) throw new AppError("invalid_request", { errors });
  return value;
}
