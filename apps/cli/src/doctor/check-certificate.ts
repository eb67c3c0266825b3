import { endsSoon, loadCertificate } from "@llamaagent/api";
import { isAppError } from "@llamaagent/core";
import { type CheckResult, fail, ok, reasonOf, warn } from "./check.ts";

/** Whether the API can serve with its certificate, and for how long. */
export async function checkCertificate(
  settings: Parameters<typeof loadCertificate>[0],
  now: Date,
): Promise<CheckResult> {
  const check = "certificate";
  try {
    const certificate = await loadCertificate(settings, now);
    if (certificate === undefined)
      return ok(check, "none is set: the API speaks HTTP, and TLS is for the ingress to do");
    const until = `valid until ${certificate.endsAt.toISOString()}`;
    return endsSoon(certificate, now)
      ? warn(check, until, "renew it, and mend what should have done so: see docs/tls.md")
      : ok(check, until);
  } catch (error) {
    if (!isAppError(error, "invalid_configuration")) throw error;
    return fail(check, reasonOf(error), "see docs/tls.md");
  }
}
