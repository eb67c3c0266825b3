import { card } from "./detectors/card.ts";
import { credential } from "./detectors/credential.ts";
import { email } from "./detectors/email.ts";
import { iban } from "./detectors/iban.ts";
import { machineAddress } from "./detectors/machine-address.ts";
import { nationalId } from "./detectors/national-id.ts";
import { phone } from "./detectors/phone.ts";
import type { Detector } from "./personal-data.ts";

/** All that looks at a text: a new kind is a name in `PersonalDataKind`, a file and a line here. */
export const detectors: readonly Detector[] = [
  credential,
  iban,
  card,
  email,
  nationalId,
  machineAddress,
  phone,
];
