/** What a route asks of its caller; `public` routes are answered without credentials. */
export const permissions = [
  "public",
  "agents:read",
  "agents:write",
  "queue:read",
  "queue:write",
  "runs:read",
  "runs:write",
  "threads:read",
  "threads:write",
  "store:read",
  "store:write",
  "schedules:read",
  "schedules:write",
  "tools:read",
  "webhooks:read",
  "webhooks:write",
  "catalogue:read",
] as const;
export type Permission = (typeof permissions)[number];
