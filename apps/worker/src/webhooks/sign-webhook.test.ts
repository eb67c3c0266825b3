import { expect, it } from "vitest";
import { signWebhook } from "./sign-webhook.ts";

it("signs as Standard Webhooks' own example does, with each key", () => {
  const delivery = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    at: new Date(1_614_265_330_000),
    body: '{"test": 2432232314}',
  };
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  expect(signWebhook([secret], delivery)).toEqual({
    "webhook-id": delivery.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": signature,
  });
  const both = signWebhook([secret, "whsec_AAAA"], delivery)["webhook-signature"];
  expect(both?.split(" ")).toEqual([signature, expect.stringMatching(/^v1,/)]);
});
