export type Token =
  | { type: "number"; value: number }
  | { type: "name"; name: string }
  | { type: "symbol"; symbol: string }
  | { type: "end" };

/** What is wrong with an expression, for the model to read. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

const pattern =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z][A-Za-z0-9]*)|(?<symbol>\*\*|[-+*/%^(),×÷−·]))/y;
/** As people and models write them. */
const synonyms: Record<string, string> = { "×": "*", "·": "*", "÷": "/", "−": "-", "**": "^" };

export function tokenize(expression: string): Token[] {
  const text = expression.trimEnd();
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) {
      const rest = text.slice(at).trimStart();
      throw new ExpressionError(`cannot read '${String.fromCodePoint(rest.codePointAt(0) ?? 0)}'`);
    }
    at = pattern.lastIndex;
    const { number, name, symbol } = groups;
    if (number !== undefined) tokens.push({ type: "number", value: Number(number) });
    else if (name !== undefined) tokens.push({ type: "name", name: name.toLowerCase() });
    else if (symbol !== undefined)
      tokens.push({ type: "symbol", symbol: synonyms[symbol] ?? symbol });
  }
  return [...tokens, { type: "end" }];
}
