import { Readable } from "node:stream";
import { ThreadFile } from "@llamaagent/core";
import {
  deleteThreadFile,
  FILE_BYTES_MAX,
  findThreadFile,
  listThreadFiles,
  putThreadFile,
  readBlobPieces,
  threadFilePath,
} from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { refuseEncodedBody } from "../../plugins/json-body.ts";
import { declaredBytes } from "../../plugins/read-body.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { heldInPieces } from "../../reader-memory.ts";
import { downloadHeaders } from "./download-headers.ts";
import { uploadMediaType } from "./media-type.ts";
import { createUploadReader } from "./read-upload.ts";
import { ThreadFileList, ThreadFileParams, ThreadParams } from "./threads.schemas.ts";

const tags = ["Threads"];
const UPLOAD_BYTES_TOGETHER = 128 * 1024 * 1024;
const UploadBody = z
  .custom<Readable | undefined>((body) => body === undefined || body instanceof Readable)
  .meta({ type: "string", format: "binary", examples: ["Caching is on."] });
/** A file is answered with the type that it was stored with. */
const anyBytes = {
  "*/*": {
    schema: z
      .custom<Readable>()
      .meta({ type: "string", format: "binary", examples: ["Caching is on."] }),
  },
};

export function threadFileRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { context, streams, openRequests } = api;
  const { db } = context;
  const uploads = createUploadReader({
    maxBytes: FILE_BYTES_MAX,
    maxBytesTogether: UPLOAD_BYTES_TOGETHER,
  });
  return async (app) => {
    // Inside this plug-in a body is its bytes, whatever its type.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

    app.get(
      "/threads/:thread_id/files",
      {
        config: { permission: "threads:read" },
        schema: {
          tags,
          operationId: "list_thread_files",
          summary: "List a thread's files, by path",
          params: ThreadParams,
          response: {
            200: jsonResponse("All files", ThreadFileList),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }) => ({
        items: await db.tenant(principal.tenantId, (tx) => listThreadFiles(tx, params.thread_id)),
      }),
    );

    app.put(
      "/threads/:thread_id/files/*",
      {
        config: { permission: "threads:write" },
        schema: {
          tags,
          operationId: "put_thread_file",
          summary: "Store a file or replace it; runs of the thread find it in their workspace",
          consumes: ["application/octet-stream"],
          params: ThreadFileParams,
          body: UploadBody,
          response: {
            200: jsonResponse("Replaced", ThreadFile),
            201: jsonResponse("Created", ThreadFile),
            ...problemResponses(
              "not_found",
              "conflict",
              "payload_too_large",
              "unsupported_media_type",
            ),
          },
        },
      },
      async ({ params, body, headers, principal }, reply) => {
        const path = threadFilePath(params["*"]);
        refuseEncodedBody(headers);
        const mediaType = uploadMediaType(headers["content-type"]);
        const { file, created } = await uploads.read(body ?? Readable.from([]), {
          declaredBytes: declaredBytes(headers),
          store: (bytes) =>
            db.tenant(principal.tenantId, (tx) =>
              putThreadFile(tx, { threadId: params.thread_id, path, mediaType, bytes }),
            ),
        });
        return reply.status(created ? 201 : 200).send(file);
      },
    );

    app.get(
      "/threads/:thread_id/files/*",
      {
        config: { permission: "threads:read" },
        schema: {
          tags,
          operationId: "get_thread_file",
          summary: "Read a file",
          params: ThreadFileParams,
          response: {
            200: {
              description: "The file's bytes, with the content type that it was stored with",
              content: anyBytes,
            },
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal: { tenantId }, raw }, reply) => {
        const path = threadFilePath(params["*"]);
        const file = await db.tenant(tenantId, (tx) => findThreadFile(tx, params.thread_id, path));
        const { sha256, size_bytes: sizeBytes } = file;
        reply.headers(downloadHeaders(file));
        const pieces = readBlobPieces(db, { tenantId, sha256, sizeBytes });
        const place = streams.memory.underWay(() => openRequests.cutOff(raw.socket));
        return reply.send(Readable.from(heldInPieces(pieces, place)));
      },
    );

    app.delete(
      "/threads/:thread_id/files/*",
      {
        config: { permission: "threads:write" },
        schema: {
          tags,
          operationId: "delete_thread_file",
          summary: "Delete a file",
          params: ThreadFileParams,
          response: {
            204: z.undefined().describe("Deleted"),
            ...problemResponses("not_found", "unsupported_media_type"),
          },
        },
      },
      async ({ params, principal }, reply) => {
        const path = threadFilePath(params["*"]);
        await db.tenant(principal.tenantId, (tx) => deleteThreadFile(tx, params.thread_id, path));
        return reply.status(204).send();
      },
    );
  };
}
