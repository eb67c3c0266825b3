import { AppError, type ErrorCode, isAppError, type Problem, toProblem } from "@llamaagent/core";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isForWebSocket } from "./web-sockets.ts";

/** Fastify's own errors, by status: their texts are for its users, not for ours. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  404: "not_found",
  408: "request_timeout",
  413: "payload_too_large",
  415: "unsupported_media_type",
};

/** One handler turns whatever was thrown into application/problem+json (RFC 9457). */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new AppError("not_found", { detail: "There is no such route" }), request, reply),
  );
}

export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = isAppError(error) ? error : translated(error);
  const problem: Problem = {
    ...toProblem(known),
    instance: request.url.split("?", 1)[0] ?? request.url,
    request_id: request.id,
  };
  if (problem.status >= 500 && !reply.raw.destroyed)
    request.log.error({ err: error }, "request failed");
  if (known.retryAfterSeconds !== undefined) reply.header("retry-after", known.retryAfterSeconds);
  if (known.code === "unauthorized" && !reply.hasHeader("www-authenticate"))
    reply.header("www-authenticate", "Bearer");
  // Node's server has let go of the connection, which nobody else would end.
  if (isForWebSocket(request.raw)) reply.raw.once("finish", () => request.raw.socket.destroySoon());
  // JSON text of our own: a serializer of the route's schema knows only its success.
  return reply
    .status(problem.status)
    .header("x-request-id", request.id)
    .header("content-type", "application/problem+json")
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problem);
}

function translated(error: unknown): AppError {
  const status = (error as Partial<FastifyError> | undefined)?.statusCode;
  if (status === undefined || status < 400 || status >= 500)
    return new AppError("internal", { cause: error });
  return new AppError(codeOfStatus[status] ?? "bad_request", { cause: error });
}
