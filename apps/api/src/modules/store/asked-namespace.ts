import { AppError } from "@llamaagent/core";

/** The Agent Protocol has a 400 for what no namespace can be: a label that is empty or holds a dot. */
export function refuseImpossibleLabels(labels: readonly string[]): void {
  const errors = labels.flatMap((label, at) =>
    label === "" || label.includes(".")
      ? [{ pointer: `/query/namespace/${at}`, message: "must not be empty or hold a '.'" }]
      : [],
  );
  if (errors.length > 0)
    throw new AppError("bad_request", { detail: "There can be no such namespace", errors });
}
