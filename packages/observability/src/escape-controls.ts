/**
 * What a terminal obeys (control characters, those of C1 too), what other programs take for the end of a line,
 * and what turns the direction of the text around: written by somebody else, it would speak in the log's voice.
 */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- these are what it takes out
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The same with each of them as JSON escapes it, so that JSON text stays what it was. */
export function escapeControls(text: string): string {
  return text.replace(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
