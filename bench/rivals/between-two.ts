export interface Turns<Figures> {
  rival: Figures[];
  ours: Figures[];
  /** Of each of ours, to the mean of the rival's turns before and after it. */
  perRound(figure: (figures: Figures) => number): number[];
}

/**
 * Rival, ours, rival, ours … rival: each turn of ours stands between two of the rival, so that a machine
 * that becomes faster or slower meanwhile favours neither.
 */
export async function betweenTwo<Figures>(
  rounds: number,
  arms: { rival: () => Promise<Figures>; ours: () => Promise<Figures> },
): Promise<Turns<Figures>> {
  const rival = [await arms.rival()];
  const ours: Figures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await arms.ours());
    rival.push(await arms.rival());
  }
  return {
    rival,
    ours,
    perRound: (figure) =>
      ours.map((turn, round) => {
        const around = rival.slice(round, round + 2).map(figure);
        return figure(turn) / (around.reduce((sum, value) => sum + value, 0) / around.length);
      }),
  };
}
