import type { Tenant, TenantLimits } from "@llamaagent/client";
import { actOnEach } from "../act-on-each.ts";
import type { PageOptions } from "../arguments/page-options.ts";
import type { ExitCode } from "../cli-error.ts";
import { printOne } from "../output/print-one.ts";
import { printPages } from "../output/print-pages.ts";
import type { Column } from "../output/table.ts";
import type { Remote } from "../remote.ts";
import { oneLine } from "../terminal.ts";

const columns: Column<Tenant>[] = [
  { title: "TENANT", value: (tenant) => tenant.tenant_id },
  {
    title: "STATE",
    value: ({ suspended_at: at }) => (at === undefined ? "active" : `suspended ${at}`),
  },
  { title: "CREATED", value: (tenant) => tenant.created_at },
  { title: "NAME", value: (tenant) => tenant.name, canShrink: true },
];

export function listTenants(remote: Remote, options: PageOptions): Promise<void> {
  const { client, signal } = remote;
  return printPages(remote, options, {
    noun: "tenants",
    columns,
    page: (cursor, limit) => client.tenants.list({ limit, cursor, signal }),
  });
}

/** The key to stdout, so that a script has it alone; whose it is beside it. */
export async function createTenant(remote: Remote, name: string): Promise<void> {
  const tenant = await remote.client.tenants.create({ name }, remote);
  if (!remote.isJson)
    remote.terminal.note(
      `${tenant.tenant_id} '${oneLine(tenant.name, 100)}'. Keep its admin key: it is shown this once.\n`,
    );
  printOne(remote, { value: tenant, text: `${tenant.admin_key.key}\n` });
}

export async function renameTenant(remote: Remote, id: string, name: string): Promise<void> {
  const tenant = await remote.client.tenants.update(id, { name }, remote);
  printOne(remote, {
    value: tenant,
    text: `${tenant.tenant_id} is '${oneLine(tenant.name, 100)}' now\n`,
  });
}

type Limit = number | "default";

export interface LimitOptions {
  openRuns?: Limit;
  openStreams?: Limit;
  agents?: Limit;
  fileBytes?: Limit;
  bodyBytes?: Limit;
}

const limitField = (name: keyof TenantLimits, limit: Limit | undefined) =>
  limit === undefined ? {} : { [name]: limit === "default" ? null : limit };

export async function limitTenant(
  remote: Remote,
  id: string,
  { openRuns, openStreams, agents, fileBytes, bodyBytes }: LimitOptions,
): Promise<void> {
  const limits = {
    ...limitField("open_runs", openRuns),
    ...limitField("open_streams", openStreams),
    ...limitField("agents", agents),
    ...limitField("file_bytes", fileBytes),
    ...limitField("body_bytes", bodyBytes),
  };
  const { tenants } = remote.client;
  const isAsked = Object.keys(limits).length === 0;
  const tenant = isAsked
    ? await tenants.get(id, remote)
    : await tenants.update(id, { limits }, remote);
  const lines = Object.entries(tenant.limits).map(([name, most]) => `${name.padEnd(13)} ${most}\n`);
  printOne(remote, { value: tenant, text: lines.join("") });
}

export function suspendTenants(
  remote: Remote,
  ids: readonly string[],
  suspended: boolean,
): Promise<ExitCode> {
  return actOnEach(remote, {
    ids,
    idField: "tenant_id",
    noun: "tenants",
    act: async (id) => {
      await remote.client.tenants.update(id, { suspended }, remote);
      return { outcome: suspended ? "suspended" : "resumed" };
    },
  });
}
