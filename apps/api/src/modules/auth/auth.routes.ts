import { type OwnTokens, tokenFor } from "@llamaagent/auth";
import { AppError } from "@llamaagent/core";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { notStored } from "../../schemas/not-stored.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { Token, TokenRequest } from "./auth.schemas.ts";

export function authRoutes({ context, tokens }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      "/auth/token",
      {
        config: { permission: "any credential" },
        schema: {
          tags: ["Keys"],
          operationId: "create_token",
          summary: "Exchange an API key for a token that ends soon, and may do no more",
          body: TokenRequest.default(TokenRequest.parse({})),
          response: {
            200: jsonResponse("The token, which also ends with its key", Token),
            ...problemResponses(...jsonBodyProblems, "not_available"),
          },
        },
      },
      async ({ body, principal }, reply) => {
        const { scopes, expires_in_seconds: lifetimeSeconds } = body;
        const asked = { scopes, lifetimeSeconds };
        const token = tokenFor(principal, asked, context.clock.now());
        notStored(reply);
        return {
          access_token: assertThere(tokens).sign(token),
          token_type: "Bearer" as const,
          expires_in: lifetimeSeconds,
          ...(token.scopes.length === 0 ? {} : { scope: token.scopes.join(" ") }),
        };
      },
    );
  };
}

function assertThere(tokens: OwnTokens | undefined): OwnTokens {
  if (tokens) return tokens;
  throw new AppError("not_available", {
    detail: "This server gives no tokens: LLAMAAGENT_JWT_KEYS is not set",
  });
}
