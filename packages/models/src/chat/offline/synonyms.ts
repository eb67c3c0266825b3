import { tokenize } from "./terms.ts";

/** Verbs whose forms no stemmer brings together. */
const IRREGULAR =
  `pay paid,sell sold,begin began begun,write wrote written,buy bought,make made,run ran,take took taken,give gave,find found,build built,send sent,keep kept,hold held,win won,lead led,choose chose chosen,grow grew,leave left,lose lost,meet met,speak spoke,teach taught,think thought,break broke broken,fall fell,become became,come came,go went,get got,see saw seen,lie lay,bring brought,catch caught,fight fought,draw drew drawn,fly flew,wear wore,die dead death,born birth`.split(
    ",",
  );
/** Short forms, and words that people ask with where texts write others. */
const GROUPS = [
  "maximum max most limit",
  "minimum min least",
  "configuration config setting",
  "directory folder",
  "database db",
  "employee staff people worker",
  "employ work",
  "population inhabitant resident people",
  "founded established",
  "email mail",
  "job role position occupation",
  "price cost fee",
  "telephone phone",
  "address street",
  "delete remove",
  "begin start",
  "author writer write",
  "create make build",
  "salary wage earn",
  "finish complete end",
  "buy purchase",
  "big large",
  "error failure fail",
  "repository repo",
  "documentation docs",
  "parameter argument param",
  ...IRREGULAR,
];

/** Terms that mean much the same, both ways. */
export const synonyms: ReadonlyMap<string, readonly string[]> = createSynonyms();

function createSynonyms(): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const group of GROUPS) {
    const terms = tokenize(group).map((token) => token.term);
    for (const term of terms)
      map.set(term, [...(map.get(term) ?? []), ...terms.filter((other) => other !== term)]);
  }
  return map;
}
