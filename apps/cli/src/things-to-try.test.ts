import { expect, it } from "vitest";
import { thingsToTry } from "./things-to-try.ts";

const started = { url: "http://127.0.0.1:8000", needsKey: false };

it("names the server only where the command would not find it by itself", () => {
  expect(thingsToTry(started)).toContain("\n  npx llamaagent run ");
  expect(thingsToTry({ ...started, url: "http://127.0.0.1:8001" })).toContain(
    "\n  LLAMAAGENT_URL=http://127.0.0.1:8001 npx llamaagent run ",
  );
});

it("names the folder of the database only where it was said", () => {
  expect(thingsToTry(started)).toContain("\n  npx llamaagent doctor");
  expect(thingsToTry({ ...started, dataDir: "/tmp/a b" })).toContain(
    "\n  LLAMAAGENT_DATA_DIR='/tmp/a b' npx llamaagent doctor",
  );
});
