export type { DataKey } from "./envelope/data-key.ts";
export { createEnvelope, type Envelope } from "./envelope/envelope.ts";
export { type EnvelopeSettings, envelopeSettings, loadEnvelope } from "./envelope/load-envelope.ts";
export { createMasterKey, type MasterKey } from "./envelope/master-key.ts";
export {
  type Rewrapped,
  rewrapAll,
  type RewrapReport,
  type SealedRow,
  type SealedRows,
} from "./envelope/rewrap-all.ts";
export { openJson, plainJson, sealJson } from "./envelope/sealed-json.ts";
export { isSealed } from "./envelope/sealed-text.ts";
export type { ValueContext } from "./envelope/value-context.ts";
export { isPublicAddress } from "./pii/detectors/machine-address.ts";
export { findPersonalData } from "./pii/find-personal-data.ts";
export { type Finding, type FindOptions, PersonalDataKind } from "./pii/personal-data.ts";
export { PersonalDataPolicy } from "./pii/policy.ts";
export { type PersonalDataProtection, protectPersonalData } from "./pii/protect-personal-data.ts";
export { replaceFindings } from "./pii/replace-findings.ts";
export type { TokenRestorer } from "./pii/token-restorer.ts";
export { createPersonalDataTokens, type PersonalDataTokens } from "./pii/tokens.ts";
export { readPrivateFile } from "./private-file.ts";
