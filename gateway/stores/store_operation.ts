/** What a store is asked, as metrics name it. */
export const STORE_OPERATIONS = [
  "create",
  "find_key",
  "read",
  "list",
  "change",
  "updates_after",
  "take_due",
  "hold",
  "settle",
  "overdue",
  "delete_finished",
  "census",
  "count_jobs",
  "put_pulse",
  "read_pulse",
] as const;

/** One of {@linkcode STORE_OPERATIONS}. */
export type StoreOperation = (typeof STORE_OPERATIONS)[number];
