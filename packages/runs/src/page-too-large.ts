import { AppError } from "@llamaagent/core";

/** A page is in memory whole, as rows and as the answer's text. */
export const PAGE_BYTES_MAX = 16 * 1024 * 1024;

/** `noun`: of what the page holds, in the plural. */
export function pageTooLarge(noun: string): AppError {
  const message = `asks for more than 16 MiB of ${noun}: ask for fewer`;
  return new AppError("invalid_request", { errors: [{ pointer: "/limit", message }] });
}
