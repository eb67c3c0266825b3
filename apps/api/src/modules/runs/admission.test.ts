import { createEnvelope, createMasterKey } from "@llamaagent/protection";
import { nothingAllowed } from "@llamaagent/tools/manifest";
import { expect, it } from "vitest";
import { createAdmission } from "./admission.ts";
import { RunCreate } from "./run-create.schemas.ts";

const run = (fields: object = {}) => RunCreate.parse({ input: "Hi", ...fields });
const hook = { webhook: "https://example.com/hook" };

it("takes a webhook where the secret that signs it can be stored", () => {
  const envelope = createEnvelope([createMasterKey(1, Buffer.alloc(32))]);
  expect(createAdmission(nothingAllowed, envelope)(run(hook)).webhook).toEqual({
    url: "https://example.com/hook",
    events: ["run.completed", "run.failed", "run.cancelled"],
  });
});

it("refuses one where it cannot, and says which setting is missing", () => {
  const admission = createAdmission(nothingAllowed, createEnvelope([]));
  expect(() => admission(run(hook))).toThrow(
    expect.objectContaining({
      code: "not_available",
      message: expect.stringContaining("LLAMAAGENT_MASTER_KEYS is not set"),
      errors: [{ pointer: "/webhook", message: "is not available on this server" }],
    }),
  );
  expect(admission(run())).not.toHaveProperty("webhook");
});
