/** fetch says "fetch failed" and keeps the reason in the cause. */
export function faultCode(error: unknown): string {
  const { cause, name } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error && "code" in cause ? String(cause.code) : name;
}
