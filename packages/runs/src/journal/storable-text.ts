/** A `text` column refuses U+0000; names and ids that come from a model or a client may hold it. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", "\ufffd");
}
