/** What happens between a store and the server that keeps its jobs. */
export type StoreEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "disconnected"; readonly reason: string; readonly retryInMs: number }
  /** The database was brought to this program's version. */
  | { readonly kind: "migrated"; readonly version: number; readonly name: string }
  /** This gateway looks after deadlines and old jobs, until it tells otherwise. */
  | { readonly kind: "leading" }
  | { readonly kind: "led_by_another" }
  /** The server's clock, by which all gateways go, is not ours. */
  | { readonly kind: "clock_differs"; readonly aheadMs: number };

/** Every kind of {@linkcode StoreEvent}, for whoever counts them. */
export const STORE_EVENT_KINDS = [
  "connected",
  "disconnected",
  "migrated",
  "leading",
  "led_by_another",
  "clock_differs",
] as const satisfies readonly StoreEvent["kind"][];
