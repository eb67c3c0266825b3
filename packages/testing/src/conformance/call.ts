import type { Given } from "./given.ts";

/** One request to an operation, and what it must be answered with. */
export interface Call {
  /** What is asked, as a test's name goes on after the status. */
  name: string;
  status: number;
  request: (given: Given) => OperationRequest | Promise<OperationRequest>;
}

export interface OperationRequest {
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  body?: unknown;
  /** What the answer must equal, in vitest's matchers: to most schemas an empty list or object would do. */
  answer?: unknown;
}

/** By the reference's operationId. */
export type OperationCalls = Readonly<Record<string, readonly Call[]>>;

/** The name of a call in the list of what is not built. */
export function callName(operationId: string, { status, name }: Call): string {
  return `${operationId} ${status}: ${name}`;
}
