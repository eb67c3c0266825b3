export interface CheckResult {
  /** `warn`: it works, but not as it could. */
  status: "ok" | "warn" | "fail";
  check: string;
  detail: string;
  /** What to do; absent where all is well. */
  advice?: string;
  /** What is slower until then, though every promise is kept. */
  meanwhile?: string;
}

export const ok = (check: string, detail: string): CheckResult => ({ status: "ok", check, detail });
export const warn = (check: string, detail: string, advice: string): CheckResult => ({
  status: "warn",
  check,
  detail,
  advice,
});
export const fail = (check: string, detail: string, advice: string): CheckResult => ({
  status: "fail",
  check,
  detail,
  advice,
});

/** With what is behind it, which says which host and port did not answer. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = causeOf(error);
  return cause === undefined ? error.message : `${error.message} (${cause})`;
}

/** In words; undefined where there is none. An attempt at several addresses has only a code. */
export function causeOf({ cause }: Error): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return cause.message || ("code" in cause ? String(cause.code) : undefined);
}
