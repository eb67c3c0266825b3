/** How many of something each tenant has open at this moment, over all replicas. */
export interface TenantCounts {
  /** Of other replicas as they said it within the last 2 s. */
  of(tenantId: string): number;
  add(tenantId: string): void;
  remove(tenantId: string): void;
}
