export interface Rounds {
  /** How often each arm is measured. */
  rounds: number;
  /** Of one measurement of one arm. */
  seconds: number;
  /** One line for whoever waits. */
  progress: (line: string) => void;
}

type Figures<Arms> = { [Arm in keyof Arms]: Arms[Arm] extends () => Promise<infer F> ? F : never };

/**
 * Measures every arm once a round, in turns: A B, B A, A B … so that a machine that becomes faster or
 * slower meanwhile favours neither. The figures of one round belong together.
 */
export async function alternate<Arms extends Record<string, () => Promise<unknown>>>(
  { rounds, progress }: Rounds,
  arms: Arms,
): Promise<Figures<Arms>[]> {
  const names = Object.keys(arms);
  const measured: Figures<Arms>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const figures: Record<string, unknown> = {};
    for (const name of round % 2 === 0 ? names : names.toReversed())
      figures[name] = await arms[name]?.();
    progress(`  round ${round + 1} of ${rounds}: ${inWords(figures)}`);
    // Every name of `arms` has got what its own function gave.
    measured.push(figures as Figures<Arms>);
  }
  return measured;
}

function inWords(figures: Record<string, unknown>): string {
  const text = JSON.stringify(figures, (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value,
  );
  return text.replaceAll('"', "").slice(1, -1);
}
