import {
  type ChainHead,
  type ChainLink,
  headText,
  listChains,
  listRecords,
  PLATFORM_CHAIN,
  verifyChain,
} from "@llamaagent/auth";
import type { Database } from "@llamaagent/db";
import type { JsonOption } from "../arguments/json-option.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";
import { createProgress } from "../output/progress.ts";
import { openDatabase } from "../open-database.ts";
import { readPages } from "../read-pages.ts";
import { type Remote, remoteOf } from "../remote.ts";
import { auditReader } from "./audit-list.ts";

export interface AuditVerifyOptions extends JsonOption {
  platform?: boolean;
  /** Without a server. */
  database?: boolean;
  tenant?: string;
  expect?: ChainHead;
}

/** One chain, wherever it is read. */
interface Chain {
  /** Absent: the caller's own. */
  tenantId?: string;
  newest(): Promise<ChainLink | undefined>;
  /** From the first on. */
  records(): AsyncIterable<ChainLink>;
}

const PAGE_RECORDS = 1_000;

/** Each chain's head goes to stdout, so that it can be kept elsewhere. 1 where one is broken. */
export async function auditVerifyCommand(
  context: CliContext,
  options: AuditVerifyOptions,
): Promise<ExitCode> {
  const { platform = false, database, tenant, expect } = options;
  if (tenant !== undefined && !database)
    throw new CliError(
      "--tenant goes with --database: a server shows a tenant its own",
      EXIT.usage,
    );
  if (!database) {
    const chain = servedChain(remoteOf(context, options), platform);
    return (await isSound(chain, context, options)) ? EXIT.done : EXIT.failed;
  }
  const only = platform ? PLATFORM_CHAIN : tenant;
  if (expect !== undefined && only === undefined)
    throw new CliError("--expect is of one chain: --tenant or --platform says which", EXIT.usage);
  await using opened = await openDatabase(context.env);
  let areSound = true;
  for (const tenantId of only === undefined ? await listChains(opened.db) : [only]) {
    const chain = storedChain(opened.db, tenantId, context.signal);
    areSound = (await isSound(chain, context, options)) && areSound;
  }
  return areSound ? EXIT.done : EXIT.failed;
}

/** Says so, too. */
async function isSound(
  chain: Chain,
  { terminal }: Pick<CliContext, "terminal">,
  { expect: expected, json }: AuditVerifyOptions,
): Promise<boolean> {
  const total = (await chain.newest())?.seq;
  const every = Math.max(PAGE_RECORDS, Math.ceil((total ?? 0) / 20));
  const progress = createProgress(terminal, "records", every);
  const verdict = await verifyChain(chain.records(), {
    expected,
    onRecord: (seq) => progress.at(seq, total),
  });
  const of = chain.tenantId === undefined ? "" : `${chain.tenantId} `;
  if (json) {
    const { isSound: is_sound, ...rest } = verdict.isSound
      ? { isSound: true, head: headText(verdict.head) }
      : verdict;
    const tenant = chain.tenantId === undefined ? {} : { tenant_id: chain.tenantId };
    terminal.out(`${JSON.stringify({ ...tenant, is_sound, ...rest })}\n`);
  } else if (verdict.isSound) {
    terminal.out(`${of}${headText(verdict.head)}\n`);
    terminal.note(`${of}${verdict.head.seq} records, each with the hash of the one before\n`);
  } else terminal.note(`${of}record ${verdict.seq}: ${verdict.reason}\n`, "red");
  return verdict.isSound;
}

function servedChain(remote: Remote, isPlatform: boolean): Chain {
  const { signal } = remote;
  const read = auditReader(remote, isPlatform);
  return {
    newest: async () => (await read({ limit: 1, signal })).items[0],
    async *records() {
      const pages = readPages((cursor, limit) => read({ order: "asc", limit, cursor, signal }));
      for await (const { items } of pages) yield* items;
    },
  };
}

function storedChain(db: Database, tenantId: string, signal: AbortSignal): Chain {
  const read = (page: { order: "asc" | "desc"; behind?: number; limit: number }) =>
    db.tenant(tenantId, (tx) => listRecords(tx, page));
  return {
    tenantId,
    newest: async () => (await read({ order: "desc", limit: 1 }))[0],
    async *records() {
      for (let behind = 0; ;) {
        signal.throwIfAborted();
        const page = await read({ order: "asc", behind, limit: PAGE_RECORDS });
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        behind = last.seq;
      }
    },
  };
}
