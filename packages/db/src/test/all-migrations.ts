/** In the order in which they are applied. */
export const ALL_MIGRATIONS = [
  "0001_initial",
  "0002_strikes",
  "0003_agent_timeout",
  "0004_concurrency",
  "0005_checkpoints",
  "0006_tasks",
  "0007_webhooks",
  "0008_retry",
  "0009_urgency",
  "0011_store",
  "0012_agent_metadata",
  "0013_thread_gone",
  "0014_takes_over_from",
  "0015_body_hash",
  "0016_messages_of_run",
  "0017_api_keys",
];
