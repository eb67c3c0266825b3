/** What a route asks of its caller; `public` routes are answered without credentials. */
export const permissions = [
  "public",
  "agents:read",
  "agents:write",
  "runs:read",
  "runs:write",
  "threads:read",
  "threads:write",
  "tools:read",
] as const;
export type Permission = (typeof permissions)[number];
