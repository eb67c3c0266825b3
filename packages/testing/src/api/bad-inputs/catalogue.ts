import { type BadInput, invalid, post, unknownId } from "./bad-input.ts";

const badSearch = (name: string, body: object, pointer: string): BadInput => ({
  name: `a search by ${name}`,
  ...post("/agents/search", body),
  ...invalid,
  pointer,
});
const refused = { status: 405, code: "method_not_allowed" } as const;

export const badCatalogue: BadInput[] = [
  badSearch("a name that is a number", { name: 1 }, "/name"),
  badSearch("a name of null", { name: null }, "/name"),
  badSearch("a name with NUL", { name: "a\u0000" }, "/name"),
  badSearch("a name of 101 characters", { name: "a".repeat(101) }, "/name"),
  badSearch("metadata that is a list", { metadata: [] }, "/metadata"),
  badSearch("metadata that is text", { metadata: "team" }, "/metadata"),
  badSearch("metadata with NUL", { metadata: { a: ["\u0000"] } }, "/metadata/a/0"),
  badSearch("metadata with NUL in a key", { metadata: { "a\u0000": 1 } }, "/metadata/a\u0000"),
  badSearch("metadata with a lone surrogate", { metadata: { a: "\ud800" } }, "/metadata/a"),
  badSearch("no agents", { limit: 0 }, "/limit"),
  badSearch("1,001 agents", { limit: 1001 }, "/limit"),
  badSearch("half an agent", { limit: 1.5 }, "/limit"),
  badSearch("a limit that is text", { limit: "10" }, "/limit"),
  badSearch("an offset below 0", { offset: -1 }, "/offset"),
  badSearch("an offset beyond integers", { offset: 1e300 }, "/offset"),
  badSearch("an unknown field", { description: "a" }, "/description"),
  badSearch("a list", [], ""),
  { name: "a search without a body", method: "POST", path: "/agents/search", ...invalid },
  {
    name: "a search that is no JSON",
    ...post("/agents/search", "{"),
    status: 400,
    code: "invalid_json",
  },
  {
    name: "a search with a query",
    ...post("/agents/search?limit=1", {}),
    ...invalid,
    pointer: "/query/limit",
  },
  { name: "a search by GET", path: "/agents/search", ...refused },
  ...["search", "select"].map((name): BadInput => ({
    name: `an agent named ${name}`,
    ...post("/agents", { name, model: "test/hello" }),
    ...invalid,
    pointer: "/name",
  })),
  {
    name: "an agent renamed to search",
    ...post("/agents/taken", { name: "search" }),
    method: "PATCH",
    ...invalid,
    pointer: "/name",
  },
  {
    name: "an unknown agent's schemas",
    path: "/agents/nobody/schemas",
    status: 404,
    code: "not_found",
  },
  {
    name: "the schemas of an unknown id",
    path: `/agents/${unknownId}/schemas`,
    status: 404,
    code: "not_found",
  },
  {
    name: "the schemas of a name with NUL",
    path: "/agents/a%00/schemas",
    ...invalid,
    pointer: "/path/agent_id",
  },
  ...["/models", "/strategies", "/info", "/tools"].flatMap((path): BadInput[] => [
    {
      name: `${path} with a query`,
      path: `${path}?verbose=1`,
      ...invalid,
      pointer: "/query/verbose",
    },
    { name: `${path} by POST`, ...post(path, {}), ...refused },
  ]),
  { name: "one model", path: "/models/offline%2fextractive", status: 404, code: "not_found" },
];
