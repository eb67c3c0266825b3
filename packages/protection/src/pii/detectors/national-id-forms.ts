import { validate as insz } from "stdnum/lib/cjs/be/nn.js";
import { validate as cpf } from "stdnum/lib/cjs/br/cpf.js";
import { validate as sin } from "stdnum/lib/cjs/ca/sin.js";
import { validate as ahv } from "stdnum/lib/cjs/ch/ssn.js";
import { validate as ric } from "stdnum/lib/cjs/cn/ric.js";
import { validate as idnr } from "stdnum/lib/cjs/de/idnr.js";
import { validate as cpr } from "stdnum/lib/cjs/dk/cpr.js";
import { validate as dni } from "stdnum/lib/cjs/es/dni.js";
import { validate as nie } from "stdnum/lib/cjs/es/nie.js";
import { validate as hetu } from "stdnum/lib/cjs/fi/hetu.js";
import { validate as nir } from "stdnum/lib/cjs/fr/nir.js";
import { validate as nino } from "stdnum/lib/cjs/gb/nino.js";
import { validate as aadhaar } from "stdnum/lib/cjs/in/aadhaar.js";
import { validate as codiceFiscale } from "stdnum/lib/cjs/it/codicefiscale.js";
import { validate as curp } from "stdnum/lib/cjs/mx/curp.js";
import { validate as bsn } from "stdnum/lib/cjs/nl/bsn.js";
import { validate as fodselsnummer } from "stdnum/lib/cjs/no/fodselsnummer.js";
import { validate as pesel } from "stdnum/lib/cjs/pl/pesel.js";
import { validate as personnummer } from "stdnum/lib/cjs/se/personnummer.js";
import { validate as ssn } from "stdnum/lib/cjs/us/ssn.js";

interface NationalIdForm {
  /** Source of a pattern, each piece bounded; a digit is among its first eight characters. */
  form: string;
  /** One must be near, where many other numbers are written like this. */
  words?: RegExp;
  isValid: (written: string) => boolean;
}

type Validate = typeof ssn;

/** The library makes an error of each number that it turns down; their stacks are most of its time. */
function withoutStacks<Answer>(ask: () => Answer): Answer {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return ask();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Without words: what few others are written like, or what the checksum turns down of them. Digits
 * alone with one check digit always have words: one in ten order numbers would pass.
 */
const form = (source: string, validate: Validate, words?: RegExp): NationalIdForm => ({
  form: source,
  ...(words ? { words } : {}),
  isValid: (written) => withoutStacks(() => validate(written.toUpperCase()).isValid),
});

export const nationalIds: readonly NationalIdForm[] = [
  form("\\d{3}-\\d\\d-\\d{4}", ssn),
  form("\\d{3} ?\\d\\d ?\\d{4}", ssn, /\bssn\b|social.security/i),
  form("[A-Z]{2} \\d\\d \\d\\d \\d\\d [A-D]", nino),
  form("[A-Za-z]{2} ?\\d{6} ?[A-Da-d]", nino, /\bnino\b|\bni (?:no|num)|national.insurance/i),
  form("\\d\\d ?\\d{3} ?\\d{3} ?\\d{3}", idnr, /steuer-?id|idnr|identifikationsnummer|\btin\b/i),
  form("[12] ?\\d\\d ?(?:0[1-9]|1[0-2]|[2-9]\\d) ?(?:\\d\\d|2[ABab]) ?\\d{3} ?\\d{3} ?\\d\\d", nir),
  form("\\d{8}-?[A-Z]", dni),
  form("[XYZ]-?\\d{7}-?[A-Z]", nie),
  form("[A-Za-z]{6}\\d\\d[A-Ta-t][0-9L-Vl-v]{2}[A-Za-z][0-9L-Vl-v]{3}[A-Za-z]", codiceFiscale),
  form("\\d{4}[ .]?\\d\\d[ .]?\\d{3}", bsn, /\bbsn\b|burgerservice|\bsofi/i),
  form("\\d{11}", pesel, /\bpesel\b/i),
  form("\\d{3}\\.\\d{3}\\.\\d{3}-\\d\\d", cpf),
  form("\\d{11}", cpf, /\bcpf\b/i),
  form("(?<!\\d )[2-9]\\d{3} \\d{4} \\d{4}(?! \\d)", aadhaar),
  form("[2-9]\\d{11}", aadhaar, /aadh?aar|\buid(?:ai)?\b|आधार/i),
  form("756\\.?\\d{4}\\.?\\d{4}\\.?\\d\\d", ahv),
  form("\\d\\d\\.\\d\\d\\.\\d\\d-\\d{3}\\.\\d\\d", insz),
  form("\\d{11}", insz, /\b(?:insz|niss)\b|rijksregister|registre national/i),
  form("(?:\\d\\d)?\\d{6}[-+]\\d{4}", personnummer),
  form("\\d{6}[-+A-FU-Y]\\d{3}[0-9A-Y]", hetu),
  form("\\d{6}-?\\d{4}", cpr, /\bcpr\b|personnummer/i),
  form("\\d{6} ?\\d{5}", fodselsnummer),
  form("\\d{3}[ -]?\\d{3}[ -]?\\d{3}", sin, /\bSIN\b|social.insurance|assurance.sociale/),
  form("[A-Za-z]{4}\\d{6}[HMXhmx][A-Za-z]{5}[A-Za-z0-9]\\d", curp),
  form("\\d{17}[\\dXx]", ric),
];
