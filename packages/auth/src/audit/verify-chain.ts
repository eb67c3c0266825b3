import { NO_HASH, recordHash } from "./record-hash.ts";

/** All that the check reads by itself; every other field goes into the hash. */
export interface ChainLink {
  tenant_id: string;
  seq: number;
  previous_hash: string;
  hash: string;
}

/** Where a chain ends: whoever keeps it elsewhere can tell a chain that was cut, or made anew. */
export interface ChainHead {
  /** 0 where there is no record. */
  seq: number;
  hash: string;
}

export type ChainVerdict =
  | { isSound: true; head: ChainHead }
  /** `seq`: the first record that does not fit, or is missing. */
  | { isSound: false; seq: number; reason: string };

/**
 * Recomputes each hash, from the first record on, and asks whether each record holds that of the one before. It
 * needs no database, and nothing of what wrote the chain: records as `GET /audit?order=asc` tells them.
 */
export async function verifyChain(
  records: AsyncIterable<ChainLink> | Iterable<ChainLink>,
  {
    expected,
    onRecord = () => undefined,
  }: {
    /** A head that was seen before. */
    expected?: ChainHead | undefined;
    onRecord?: (seq: number) => void;
  } = {},
): Promise<ChainVerdict> {
  let head: ChainHead & { tenantId?: string } = { seq: 0, hash: NO_HASH };
  for await (const record of records) {
    const fault = faultOf(record, head);
    if (fault) return { isSound: false, ...fault };
    head = { seq: record.seq, hash: record.hash, tenantId: record.tenant_id };
    if (head.seq === expected?.seq && head.hash !== expected.hash)
      return { isSound: false, seq: head.seq, reason: "it is not the record that was expected" };
    onRecord(head.seq);
  }
  if (expected !== undefined && head.seq < expected.seq)
    return { isSound: false, seq: head.seq + 1, reason: `the chain ends before ${expected.seq}` };
  return { isSound: true, head: { seq: head.seq, hash: head.hash } };
}

function faultOf(
  record: ChainLink,
  before: ChainHead & { tenantId?: string },
): { seq: number; reason: string } | undefined {
  const seq = before.seq + 1;
  if (record.seq > seq) return { seq, reason: "it is missing" };
  if (record.seq < seq) return { seq: record.seq, reason: "it is there twice" };
  if (before.tenantId !== undefined && record.tenant_id !== before.tenantId)
    return { seq, reason: "it is of another chain" };
  if (recordHash(record) !== record.hash)
    return { seq, reason: "its hash is not that of what it says" };
  if (record.previous_hash !== before.hash)
    return { seq, reason: "it does not hold the hash of the record before" };
  return undefined;
}

/** `<seq>:<hash>`, on one line. */
export const headText = ({ seq, hash }: ChainHead): string => `${seq}:${hash}`;
