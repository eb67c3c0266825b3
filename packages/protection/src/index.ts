export { createEnvelope, type Envelope } from "./envelope/envelope.ts";
export { type EnvelopeSettings, envelopeSettings, loadEnvelope } from "./envelope/load-envelope.ts";
export { createMasterKey } from "./envelope/master-key.ts";
export { rewrapAll, type RewrapReport, type SealedRows } from "./envelope/rewrap-all.ts";
/** @public For columns that are sealed where a tenant asks for it. */
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
