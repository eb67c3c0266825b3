const generic = `
value values name names default defaults amount amounts size sizes length total count maximum minimum
max min current actual exact exactly certain various list example examples part parts thing things
information details result results reason reasons cause causes purpose meaning place places city
town location time date day month year person made make makes set sets stored stores kept keeps held
holds given gives found located defined defines specified contained contains listed lists required
requires exist exists take takes taken get gets got go goes work works done written mentioned there
two different main long live lives lived version versions
`;
/** Of `phone number`, `email address` the word before says what is asked for. */
const heads = "address code id limit rate hours hour price date time setting option level status";

const genericWords = asSet(generic);
const compoundHeads = asSet(heads);

/** A noun or verb of asking: "the value of X" asks for X, and a text need not say `value`. */
export function isGenericWord(surface: string): boolean {
  return genericWords.has(surface.toLowerCase());
}

export function isCompoundHead(surface: string): boolean {
  return compoundHeads.has(surface.toLowerCase());
}

function asSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
