import { constants, functions } from "./functions.ts";
import { ExpressionError, type Token, tokenize } from "./tokens.ts";

/** Nested brackets, signs and powers; the parser's recursion is bounded by it. */
const maxDepth = 100;

/**
 * The value of an arithmetic expression in IEEE doubles, to 15 significant digits (so 0.1+0.2 is
 * 0.3); whole numbers up to 2^53 are exact. Throws `ExpressionError` that says what is wrong. By
 * recursive descent: sum → product → sign → power → value.
 */
export function calculate(expression: string): number {
  const tokens = tokenize(expression);
  let at = 0;
  let depth = 0;

  const peek = (): Token => tokens[at] ?? { type: "end" };
  function take(...symbols: string[]): string | undefined {
    const token = peek();
    if (token.type !== "symbol" || !symbols.includes(token.symbol)) return undefined;
    at++;
    return token.symbol;
  }
  function expect(symbol: string): void {
    if (take(symbol) === undefined)
      throw new ExpressionError(`expected '${symbol}' ${where(peek())}`);
  }

  function sum(): number {
    let value = product();
    for (let sign = take("+", "-"); sign !== undefined; sign = take("+", "-"))
      value = sign === "+" ? value + product() : value - product();
    return value;
  }
  function product(): number {
    let value = signed();
    for (let sign = take("*", "/", "%"); sign !== undefined; sign = take("*", "/", "%")) {
      const right = signed();
      if (sign !== "*" && right === 0) throw new ExpressionError("division by zero");
      value = sign === "*" ? value * right : sign === "/" ? value / right : value % right;
    }
    return value;
  }
  /** Every recursion comes through here. */
  function signed(): number {
    if (++depth > maxDepth) throw new ExpressionError(`nested deeper than ${maxDepth} levels`);
    const sign = take("+", "-");
    const value = sign === undefined ? power() : sign === "-" ? -signed() : signed();
    depth--;
    return value;
  }
  /** Binds tighter than a sign before it and leans to the right: -2^2 = -4, 2^3^2 = 512. */
  function power(): number {
    const base = atom();
    return take("^") === undefined ? base : base ** signed();
  }
  function atom(): number {
    const token = peek();
    if (take("(") !== undefined) {
      const value = sum();
      expect(")");
      return value;
    }
    at++;
    if (token.type === "number") return token.value;
    if (token.type === "name") return named(token.name);
    throw new ExpressionError(`expected a number ${where(token)}`);
  }
  function named(name: string): number {
    const constant = constants.get(name);
    if (constant !== undefined) return constant;
    const known = functions.get(name);
    if (known === undefined) {
      const names = [...functions.keys(), ...constants.keys()].join(", ");
      throw new ExpressionError(`no function named '${name}'; there are: ${names}`);
    }
    expect("(");
    const values = [sum()];
    while (take(",") !== undefined) values.push(sum());
    expect(")");
    const [least, most] = known.arity;
    if (values.length < least || values.length > most)
      throw new ExpressionError(
        `'${name}' takes ${least === most ? least : `${least} to ${most}`} arguments`,
      );
    return known.apply(...values);
  }

  const value = sum();
  if (peek().type !== "end") throw new ExpressionError(`expected an operator ${where(peek())}`);
  if (Number.isNaN(value)) throw new ExpressionError("the result is not a real number");
  if (!Number.isFinite(value)) throw new ExpressionError("the result is too large");
  const rounded = Number.isSafeInteger(value) ? value : Number(value.toPrecision(15));
  return rounded === 0 ? 0 : rounded; // no negative zero
}

function where(token: Token): string {
  switch (token.type) {
    case "end":
      return "at the end";
    case "number":
      return `before ${token.value}`;
    case "name":
      return `before '${token.name}'`;
    case "symbol":
      return `before '${token.symbol}'`;
  }
}
