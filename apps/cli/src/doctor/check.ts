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

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
