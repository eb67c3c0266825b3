const words = `
a about above after again against all also am an and any are as at be because been before being
below between both but by can could did do does doing down during each else ever few for from further
had has have having he her here hers him his how i if in into is it its itself just let like many may
me might more most much must my no nor not now of off on once only or other our ours out over own per
please same shall she should so some such than that the their theirs them then there these they this
those through to too under until up upon us very was we were what when where whether which while who
whom whose why will with within without would you your yours
don doesn didn isn aren wasn weren hasn haven cannot
tell show give say said find explain describe know mean according mention quote answer question
need needs needed want use uses used using way kind sort type called number happen happens handle
handles check come comes cover covers
`;

const stopWords: ReadonlySet<string> = new Set(words.trim().split(/\s+/));

/** Whether a word says how something is asked, not what about. Its other forms may say more. */
export function isStopWord(surface: string): boolean {
  return stopWords.has(surface.toLowerCase().replace(/['’].*$/, ""));
}
