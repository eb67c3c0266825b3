interface CalculatorFunction {
  /** Least and most arguments. */
  arity: [number, number];
  apply: (...values: number[]) => number;
}

const one = (apply: (value: number) => number): CalculatorFunction => ({ arity: [1, 1], apply });

export const functions: ReadonlyMap<string, CalculatorFunction> = new Map(
  Object.entries({
    abs: one(Math.abs),
    ceil: one(Math.ceil),
    cos: one(Math.cos),
    exp: one(Math.exp),
    floor: one(Math.floor),
    ln: one(Math.log),
    log: one(Math.log10),
    log10: one(Math.log10),
    log2: one(Math.log2),
    max: { arity: [1, 100], apply: Math.max },
    min: { arity: [1, 100], apply: Math.min },
    round: {
      arity: [1, 2],
      apply: (value, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits,
    },
    sin: one(Math.sin),
    sqrt: one(Math.sqrt),
    tan: one(Math.tan),
  } satisfies Record<string, CalculatorFunction>),
);

export const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);
