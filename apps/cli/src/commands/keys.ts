import type { ApiKey, ApiKeyCreate, CreatedApiKey } from "@llamaagent/client";
import { actOnEach } from "../act-on-each.ts";
import type { PageOptions } from "../arguments/page-options.ts";
import type { ExitCode } from "../cli-error.ts";
import { details } from "../output/details.ts";
import { printOne } from "../output/print-one.ts";
import { printPages } from "../output/print-pages.ts";
import type { Column } from "../output/table.ts";
import type { Remote } from "../remote.ts";
import { oneLine } from "../terminal.ts";

const columns: Column<ApiKey>[] = [
  { title: "KEY", value: (key) => key.key_id },
  { title: "STATE", value: stateOf },
  { title: "ROLES", value: (key) => key.roles.join(",") },
  { title: "LAST USED", value: (key) => key.last_used_at ?? "never" },
  { title: "NAME", value: (key) => key.name, canShrink: true },
];

/** An end that is to come is shown by its time. */
function stateOf({ revoked_at: revokedAt, expires_at: expiresAt }: ApiKey): string {
  if (revokedAt !== undefined) return "revoked";
  if (expiresAt === undefined) return "valid";
  return Date.parse(expiresAt) <= Date.now() ? "expired" : `until ${expiresAt}`;
}

export function listKeys(remote: Remote, options: PageOptions): Promise<void> {
  const { client, signal } = remote;
  return printPages(remote, options, {
    noun: "keys",
    columns,
    page: (cursor, limit) => client.keys.list({ limit, cursor, signal }),
  });
}

export interface CreateKeyOptions {
  role: ApiKeyCreate["roles"];
  scope: NonNullable<ApiKeyCreate["scopes"]>;
  subject?: string;
  tenant?: string;
  expiresInSeconds?: number;
}

export async function createKey(
  remote: Remote,
  name: string,
  { role, scope, subject, tenant, expiresInSeconds }: CreateKeyOptions,
): Promise<void> {
  const key = {
    name,
    roles: role,
    scopes: scope,
    ...(subject === undefined ? {} : { subject }),
    ...(expiresInSeconds === undefined ? {} : { expires_in_seconds: expiresInSeconds }),
  };
  const { keys, tenants } = remote.client;
  const creating =
    tenant === undefined ? keys.create(key, remote) : tenants.createKey(tenant, key, remote);
  printCreated(remote, await creating);
}

export async function rotateKey(
  remote: Remote,
  id: string,
  { overlap }: { overlap?: number },
): Promise<void> {
  const rotation = overlap === undefined ? {} : { overlap_seconds: overlap };
  printCreated(remote, await remote.client.keys.rotate(id, rotation, remote));
}

/** The token to stdout, so that a script has it alone. */
export async function createToken(
  remote: Remote,
  { scope, expiresInSeconds }: Pick<CreateKeyOptions, "scope" | "expiresInSeconds">,
): Promise<void> {
  const lifetime = expiresInSeconds === undefined ? {} : { expires_in_seconds: expiresInSeconds };
  const token = await remote.client.keys.createToken({ scopes: scope, ...lifetime }, remote);
  if (!remote.isJson) remote.terminal.note(`A token for ${token.expires_in} s.\n`);
  printOne(remote, { value: token, text: `${token.access_token}\n` });
}

export function revokeKeys(remote: Remote, ids: readonly string[]): Promise<ExitCode> {
  return actOnEach(remote, {
    ids,
    idField: "key_id",
    noun: "keys",
    act: async (id) => {
      await remote.client.keys.revoke(id, remote);
      return { outcome: "revoked" };
    },
  });
}

export async function showMe(remote: Remote): Promise<void> {
  const me = await remote.client.me.get(remote);
  const text = details([
    ["subject", me.subject],
    ["tenant", me.tenant_id],
    ["key", me.key_id],
    ["roles", me.roles.join(", ")],
    ["may", me.permissions.join(", ")],
  ]);
  printOne(remote, { value: me, text });
}

/** The secret to stdout, so that a script has it alone; what it belongs to beside it. */
function printCreated(remote: Remote, key: CreatedApiKey): void {
  if (!remote.isJson)
    remote.terminal.note(
      `${key.key_id} '${oneLine(key.name, 100)}', ${key.roles.join(", ")}. Keep the key: it is shown this once.\n`,
    );
  printOne(remote, { value: key, text: `${key.key}\n` });
}
