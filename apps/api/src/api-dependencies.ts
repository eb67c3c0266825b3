import type { Environment, PluginRegistry } from "@llamaagent/core";
import type { Authentication, OwnTokens } from "@llamaagent/auth";
import type { Tx } from "@llamaagent/db";
import type { Envelope } from "@llamaagent/protection";
import type { RunFollower, RunsContext } from "@llamaagent/runs";
import type { ReadAdmission } from "./modules/runs/admission.ts";
import type { ReaderMemory } from "./reader-memory.ts";
import type { OpenRequests } from "./open-requests.ts";

/** What the routes need; put together by `buildApi`. */
export interface ApiDependencies {
  context: RunsContext;
  follower: RunFollower;
  registry: PluginRegistry;
  /** Read by the providers' own schemas, to tell whether an agent's model can be used here. */
  environment: Environment;
  /** What `/health/ready` says of Redis: whether there is one. */
  usesRedis: boolean;
  /** For secrets that are stored. */
  envelope: Envelope;
  /** What a request asks to be admitted. */
  admission: ReadAdmission;
  openRequests: OpenRequests;
  streams: StreamLimits;
  furnishTenant: FurnishTenant;
  /** Absent: none are given. */
  tokens?: OwnTokens | undefined;
  /** Absent: nobody is asked who calls. */
  authentication?: Authentication | undefined;
}

/** What a tenant begins with, in the transaction that makes it. */
export type FurnishTenant = (tx: Tx, tenantId: string) => Promise<unknown>;

export interface StreamLimits {
  /** A comment is sent this often, so that proxies keep the connection. */
  heartbeatMs: number;
  /** A reader that takes nothing for this long is cut off, and resumes. */
  stallMs: number;
  memory: ReaderMemory;
}
