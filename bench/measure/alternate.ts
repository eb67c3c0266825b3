export interface Rounds {
  /** How often each arm is measured. */
  rounds: number;
  /** Of one measurement of one arm. */
  seconds: number;
  /** One line for whoever waits. */
  progress: (line: string) => void;
}

/** Of an arm's one figure; of each of them by name, where an arm gives several. */
type Units<Figure> = [Figure] extends [number] ? string : Record<Fields<Figure>, string>;
type Fields<Figure> = Figure extends object ? keyof Figure : never;

type Figures<Arms> = { [Arm in keyof Arms]: Arms[Arm] extends () => Promise<infer F> ? F : never };

/**
 * Measures every arm once a round, in turns: A B, B A, A B … so that a machine that becomes faster or
 * slower meanwhile favours neither. The figures of one round belong together.
 */
export async function alternate<Arms extends Record<string, () => Promise<unknown>>>(
  { rounds, progress, units }: Rounds & { units: Units<Figures<Arms>[keyof Arms]> },
  arms: Arms,
): Promise<Figures<Arms>[]> {
  const names = Object.keys(arms);
  const measured: Figures<Arms>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const figures: Record<string, unknown> = {};
    for (const name of round % 2 === 0 ? names : names.toReversed())
      figures[name] = await arms[name]?.();
    progress(`  round ${round + 1} of ${rounds}: ${inWords(figures, units)}`);
    // Every name of `arms` has got what its own function gave.
    measured.push(figures as Figures<Arms>);
  }
  return measured;
}

function inWords(figures: Record<string, unknown>, units: string | Record<string, string>): string {
  const inUnit = (value: unknown, unit = ""): string =>
    `${Number(Number(value).toPrecision(4))} ${unit}`;
  const arms = Object.entries(figures).map(([name, figure]) => {
    if (typeof units === "string") return `${name} ${inUnit(figure, units)}`;
    const several = Object.entries(figure ?? {});
    return `${name} ${several.map(([field, value]) => inUnit(value, units[field])).join(", ")}`;
  });
  return arms.join("; ");
}
