import { ContentPart, Message } from "@llamaagent/core";
import { z } from "zod";
import { refuseUnavailable } from "../../schemas/not-available.ts";

const [TextPart, JsonPart] = ContentPart.options;
const MediaPart = z
  .looseObject({ type: z.enum(["image", "audio", "file"]) })
  .describe("Not available yet: refused with `not_available`");

/** Messages that a client sends. */
export const SentMessages = z
  .array(
    z.strictObject({
      ...Message.shape,
      content: z.union([
        z.string(),
        z.array(
          z.discriminatedUnion("type", [
            z.strictObject(TextPart.shape),
            z.strictObject(JsonPart.shape),
            MediaPart,
          ]),
        ),
      ]),
    }),
  )
  .max(1000);
type SentMessages = z.infer<typeof SentMessages>;

/** For `refuseUnavailable`: media parts, by their place under `/messages`. */
export function mediaParts(messages: SentMessages): Record<string, boolean> {
  const parts = messages.flatMap(({ content }, m) =>
    typeof content === "string"
      ? []
      : content.map(({ type }, p): [string, boolean] => [
          `/messages/${m}/content/${p}`,
          type !== "text" && type !== "json",
        ]),
  );
  return Object.fromEntries(parts);
}

/** As they are stored. Error: `not_available` for media parts. */
export function storedMessages(messages: SentMessages): Message[] {
  refuseUnavailable(mediaParts(messages));
  // Media parts were refused: what is left are a stored message's parts.
  return messages as Message[];
}
