import { AppError, type Principal } from "@llamaagent/core";

/**
 * Of a credential that was proved and is not taken any more, as of a revoked key or a suspended tenant. Whose it is
 * the audit log is told, the caller is not.
 */
export class RefusedCredential extends AppError {
  readonly holder: Principal;

  constructor(code: "unauthorized" | "forbidden", holder: Principal, detail?: string) {
    super(code, detail === undefined ? {} : { detail });
    this.holder = holder;
  }
}
