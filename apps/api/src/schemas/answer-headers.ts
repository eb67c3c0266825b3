const location = (description: string) => ({
  description,
  schema: { type: "string", format: "uri-reference" },
  example: "/runs/0199a6f0-0000-7000-8000-000000000003",
});

/** The headers of answers that a client can use, as components of the OpenAPI document. */
export const answerHeaders = {
  "content-location": location("Where the run is that this answer is about"),
  location: location("Where the thing is that was made"),
  "retry-after": {
    description: "After how many seconds the same request can be sent again",
    schema: { type: "integer", minimum: 0 },
    example: 1,
  },
  ratelimit: {
    description:
      "Units that are left, and seconds until all are (draft-ietf-httpapi-ratelimit-headers-11)",
    schema: { type: "string" },
    example: '"caller";r=9995;t=1, "tenant";r=49995;t=1',
  },
  "ratelimit-policy": {
    description: "What is limited: units, and seconds in which as many come back",
    schema: { type: "string" },
    example: '"caller";q=10000;w=10, "tenant";q=50000;w=10',
  },
  "x-next-cursor": {
    description: "The `cursor` of the next page; left out on the last one",
    schema: { type: "string" },
    example: "0199a6f0-0000-7000-8000-000000000003",
  },
  "x-request-id": {
    description: "The request's id in the server's log: its own of this name, or a new one",
    schema: { type: "string" },
    example: "0199a6f0-0000-7000-8000-00000000000a",
  },
};

export type AnswerHeader = keyof typeof answerHeaders;
