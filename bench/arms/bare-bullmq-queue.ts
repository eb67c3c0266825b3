/** What both processes of the bare BullMQ arm know. */
export const QUEUE = "bare";

export interface BareJob {
  tenantId: string;
  runId: string;
}
