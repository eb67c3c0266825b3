/** Programs that no wheel carries, built by `go install`, pinned: the module proxy never replaces a version. */
export const goPrograms = {
  toxiproxy: {
    name: "toxiproxy",
    package: "github.com/Shopify/toxiproxy/v2/cmd/server",
    version: "v2.5.0",
    what: "Toxiproxy 2.5.0",
    executable: "server",
  },
} as const satisfies Record<string, GoProgram>;

export interface GoProgram {
  name: string;
  package: string;
  version: string;
  what: string;
  /** As `go install` names it. */
  executable: string;
}

export type GoProgramName = keyof typeof goPrograms;
export const goProgramNames = Object.keys(goPrograms) as GoProgramName[]; // keys of a literal
