import type { AuditOptions, AuditRecord, AuditRecordList } from "@llamaagent/client";
import type { PageOptions } from "../arguments/page-options.ts";
import { printPages } from "../output/print-pages.ts";
import type { Column } from "../output/table.ts";
import type { Remote } from "../remote.ts";

export interface AuditListOptions
  extends PageOptions, Pick<AuditOptions, "action" | "subject" | "outcome" | "since" | "until"> {
  platform?: boolean;
}

const columns: Column<AuditRecord>[] = [
  { title: "SEQ", value: (record) => record.seq },
  { title: "AT", value: (record) => record.at },
  { title: "ACTION", value: (record) => record.action },
  { title: "OUTCOME", value: outcomeOf },
  { title: "ADDRESS", value: (record) => record.address },
  { title: "SUBJECT", value: (record) => record.subject, canShrink: true },
  { title: "TARGET", value: (record) => record.target_id ?? record.route, canShrink: true },
];

/** Of the caller's own chain, or of the platform's. */
export function auditReader({ client: { audit } }: Remote, isPlatform = false) {
  return (options: AuditOptions): Promise<AuditRecordList> =>
    isPlatform ? audit.platform(options) : audit.list(options);
}

function outcomeOf({ outcome, status, count }: AuditRecord): string {
  const said = status === undefined ? outcome : `${outcome} ${status}`;
  return count === 1 ? said : `${said} ×${count}`;
}

export function listAudit(remote: Remote, options: AuditListOptions): Promise<void> {
  const { signal } = remote;
  const { platform, action, subject, outcome, since, until } = options;
  const filter = { action, subject, outcome, since, until };
  const read = auditReader(remote, platform);
  return printPages(remote, options, {
    noun: "records",
    columns,
    page: (cursor, limit) => read({ ...filter, limit, cursor, signal }),
  });
}
