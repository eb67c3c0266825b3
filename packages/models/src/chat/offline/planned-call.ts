import type { Json } from "@llamaagent/core";

export interface PlannedCall {
  name: string;
  arguments: { [key: string]: Json };
}
