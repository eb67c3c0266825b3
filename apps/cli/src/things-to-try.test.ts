import { expect, it } from "vitest";
import { thingsToTry } from "./things-to-try.ts";

it("names the server only where the command would not find it by itself", () => {
  expect(thingsToTry("http://127.0.0.1:8000", false)).toContain("\n  npx llamaagent run ");
  expect(thingsToTry("http://127.0.0.1:8001", false)).toContain(
    "\n  LLAMAAGENT_URL=http://127.0.0.1:8001 npx llamaagent run ",
  );
});
