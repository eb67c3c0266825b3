/** Labels as the table holds them, each followed by a dot; they hold none themselves. */
export function namespaceText(labels: readonly string[]): string {
  return labels.map((label) => `${label}.`).join("");
}

export function namespaceLabels(text: string): string[] {
  return text.split(".").slice(0, -1);
}

/**
 * The namespaces that begin with these labels, themselves too: from `from`, and below `before` where
 * there is one, by bytes. A slash is the character after the dot.
 */
export function namespacesUnder(labels: readonly string[]): { from: string; before?: string } {
  const from = namespaceText(labels);
  return from === "" ? { from } : { from, before: `${from.slice(0, -1)}/` };
}
