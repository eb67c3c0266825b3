import { isStorableAsJsonb, StoreItem } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { JsonbObject } from "../../schemas/jsonb-object.ts";
import { Offset } from "../../schemas/offset.ts";

const LABELS_MAX = 16;
/** With the longest key an entry of the primary key's index stays under the 2,704 bytes that one may have. */
const NAMESPACE_BYTES_MAX = 1024;

/** What `text` can hold; jsonb takes the same. */
const storableText = z
  .string()
  .refine(isStorableAsJsonb, "must not hold U+0000 or lone surrogates");
/** Of a namespace that is asked for in a URL, where what is wrong with a label answers 400. */
const AnyLabel = storableText.max(128);
const Label = AnyLabel.regex(/^[^.]+$/, "must not be empty or hold a '.'");
const Key = storableText.min(1).max(512).describe("Names the item within its namespace");

function namespaceOf(label: z.ZodString) {
  return z
    .array(label)
    .max(LABELS_MAX)
    .refine(
      (labels) => Buffer.byteLength(labels.join("")) <= NAMESPACE_BYTES_MAX,
      `must hold at most ${NAMESPACE_BYTES_MAX} bytes`,
    );
}
const Namespace = namespaceOf(Label);
const namespaceText = "Labels, as of folders, 1,024 bytes of UTF-8 together; empty: the root";

export const StoreItemPut = z
  .strictObject({
    namespace: Namespace.describe(namespaceText),
    key: Key,
    value: JsonbObject.describe("The document, in place of one that is there"),
  })
  .meta({
    id: "StoreItemPut",
    examples: [{ namespace: ["users", "17"], key: "tone", value: { formal: true } }],
  });

/**
 * A parameter that is given once is a text, given often a list. LangGraph's SDKs give it once, with all labels
 * joined by what no label holds.
 */
export const StoreItemQuery = z.strictObject({
  key: Key.meta({ examples: [exampleOf(StoreItem).key] }),
  namespace: z
    .preprocess(
      (given) => (typeof given === "string" ? given.split(".") : given),
      namespaceOf(AnyLabel).meta({ examples: [exampleOf(StoreItem).namespace] }),
    )
    .default([])
    .describe("Once for each label, in their order; or once, with a `.` between labels"),
});

export const StoreItemDelete = z
  .strictObject({ namespace: Namespace.default([]).describe(namespaceText), key: Key })
  .meta({ id: "StoreItemDelete", examples: [{ namespace: ["users", "17"], key: "tone" }] });

const page = {
  offset: Offset,
  limit: z.number().int().min(1).max(1000),
};

export const StoreSearch = z
  .strictObject({
    namespace_prefix: Namespace.nullish().describe("What the namespaces begin with"),
    filter: JsonbObject.nullish().describe(
      "Fields that the values have, each with exactly this value",
    ),
    query: z.string().optional().describe("Not available yet: refused with `not_available`"),
    ...page,
    limit: page.limit.default(10),
  })
  .meta({
    id: "StoreSearch",
    examples: [{ namespace_prefix: ["users"], filter: { formal: true }, limit: 20 }],
  });

export const StoreItemList = z
  .object({ items: z.array(StoreItem) })
  .meta({ id: "StoreItemList", examples: [{ items: [exampleOf(StoreItem)] }] });

export const StoreNamespaceSearch = z
  .strictObject({
    prefix: Namespace.optional().describe("What the namespaces begin with"),
    suffix: Namespace.optional().describe("What the namespaces end with"),
    max_depth: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe("Longer namespaces are cut to so many labels, and told once"),
    ...page,
    limit: page.limit.default(100),
  })
  .meta({ id: "StoreNamespaceSearch", examples: [{ prefix: ["users"], max_depth: 2 }] });

export const StoreNamespaceList = z
  .array(z.array(z.string()))
  .meta({ id: "StoreNamespaceList", examples: [[exampleOf(StoreItem).namespace]] });
