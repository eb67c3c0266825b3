import { existsSync } from "node:fs";

/** Of the Debian package `faketime`. */
const LIBRARIES = ["x86_64", "aarch64"].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
);

export const hasShiftedClocks = (): boolean => LIBRARIES.some((path) => existsSync(path));

/**
 * Environment of a process whose wall clock is off by so many seconds; intervals stay what they are, as
 * they do on a machine whose clock is off. Throws where the package `faketime` is missing.
 */
export function shiftedClock(seconds: number): NodeJS.ProcessEnv {
  if (seconds === 0) return {};
  const library = LIBRARIES.find((path) => existsSync(path));
  if (library === undefined) throw new Error("install the package faketime first");
  return {
    LD_PRELOAD: library,
    FAKETIME: `${signed(seconds)}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

const signed = (seconds: number): string => `${seconds > 0 ? "+" : ""}${seconds}`;
