import { AppError } from "@llamaagent/core";

/** Nothing of the value, nor of where it stands: its reader knows that, and callers see the detail. */
export function unreadable(reason: string): AppError {
  return new AppError("unreadable", { detail: `A stored value cannot be opened: ${reason}` });
}
