import { type Sent, withHeaders } from "../api/send.ts";
import { bodyExample } from "../openapi/body-example.ts";
import { exampleRequest } from "../openapi/example-request.ts";
import type { OwnOperation, OwnSchemas } from "../openapi/own-operations.ts";
import type { Named } from "../openapi/things-made.ts";
import { type JsonSchema, openValues, type Schemas } from "./attacked-values.ts";

/** One place in the requests of an operation where a caller writes a string. */
export interface AttackedPlace {
  /** Such as `body /metadata/note`. */
  name: string;
  /** In a JSON body; undefined elsewhere. */
  bodyPath?: readonly string[];
  /** The request that the document shows, about what was made, with the attack there; undefined where it cannot be sent. */
  request: (made: Named, attack: unknown) => Sent | undefined;
}

/** What Node's client lets into a header: the rest is for who writes to the socket by hand. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** All of them: in the path, the query, the headers and the body. */
export function attackedPlaces(operation: OwnOperation, schemas: OwnSchemas): AttackedPlace[] {
  const asked = (made: Named): Sent => exampleRequest(operation, schemas, made);
  const places = operation.parameters.map((parameter): AttackedPlace => {
    const { name, required } = parameter;
    return {
      name: `${parameter.in} ${name}`,
      request(made, attack) {
        if (typeof attack !== "string") return undefined;
        if (parameter.in === "header")
          return HEADER_VALUE.test(attack)
            ? withHeaders(asked(made), { [name]: attack })
            : undefined;
        // Percent-encoding is of UTF-8, which has no lone surrogates.
        if (!attack.isWellFormed()) return undefined;
        if (required) return asked({ ...made, path: { ...made.path, [name]: attack } });
        const query = new URLSearchParams(made.query);
        query.set(name, attack);
        return asked({ ...made, query: query.toString() });
      },
    };
  });
  return [...places, ...inBody(operation, schemas, asked)];
}

function inBody(
  operation: OwnOperation,
  schemas: OwnSchemas,
  asked: (made: Named) => Sent,
): AttackedPlace[] {
  const body = bodyExample(operation, schemas);
  if (body === undefined) return [];
  if (body.mediaType !== "application/json")
    return [
      {
        name: "body",
        request: (made, attack) => ({ ...asked(made), body: String(attack) }),
      },
    ];
  // The document's own are JSON schemas.
  const open = openValues(body.schema as JsonSchema, body.value, schemas as Schemas);
  return open.map(({ path, isName, with: value }) => ({
    name: `body ${isName ? "name in " : ""}/${path.join("/")}`,
    ...(isName ? {} : { bodyPath: path }),
    request: (made, attack) =>
      isName && typeof attack !== "string"
        ? undefined
        : { ...asked(made), body: JSON.stringify(value(attack)) },
  }));
}
