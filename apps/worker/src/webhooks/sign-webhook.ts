import { createHmac } from "node:crypto";

/**
 * Headers by which a receiver knows that a delivery is ours, is whole and is new: Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks), HMAC-SHA256 with each of the keys over
 * `<id>.<timestamp>.<body>`.
 */
export function signWebhook(
  secrets: readonly string[],
  delivery: { id: string; at: Date; body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(delivery.at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const mac = createHmac("sha256", key).update(`${delivery.id}.${timestamp}.${delivery.body}`);
    return `v1,${mac.digest("base64")}`;
  });
  return {
    "webhook-id": delivery.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
