import type { Clock } from "@asya/transport";
import type { Emit } from "../event.ts";
import type { Store } from "./store.ts";

/** What a store is asked, as metrics name it. */
export const STORE_OPERATIONS = [
  "create",
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
] as const;

/** One of {@linkcode STORE_OPERATIONS}. */
export type StoreOperation = (typeof STORE_OPERATIONS)[number];

/**
 * Tells how long a store takes for whatever it is asked.
 *
 * @param store what is measured
 * @param clock by which
 * @param emit is told
 */
export function meterStore(store: Store, clock: Pick<Clock, "elapsed">, emit: Emit): Store {
  const timed = async <T>(operation: StoreOperation, asked: Promise<T>): Promise<T> => {
    const startMs = clock.elapsed();
    let ok = false;
    try {
      const answer = await asked;
      ok = true;
      return answer;
    } finally {
      emit({ kind: "store_used", operation, ms: clock.elapsed() - startMs, ok });
    }
  };
  return {
    get healthy() {
      return store.healthy;
    },
    get aheadMs() {
      return store.aheadMs;
    },
    create: (entry) => timed("create", store.create(entry)),
    read: (id) => timed("read", store.read(id)),
    list: (query) => timed("list", store.list(query)),
    change: (id, branch, transition) => timed("change", store.change(id, branch, transition)),
    updatesAfter: (id, seq, limit) => timed("updates_after", store.updatesAfter(id, seq, limit)),
    watch: (id, listener) => store.watch(id, listener),
    takeDue: (nowMs, untilMs, limit) => timed("take_due", store.takeDue(nowMs, untilMs, limit)),
    hold: (ids, untilMs) => timed("hold", store.hold(ids, untilMs)),
    settle: (ids) => timed("settle", store.settle(ids)),
    overdue: (nowMs, limit) => timed("overdue", store.overdue(nowMs, limit)),
    deleteFinished: (beforeMs, limit) =>
      timed("delete_finished", store.deleteFinished(beforeMs, limit)),
    census: (limit) => timed("census", store.census(limit)),
    close: () => store.close(),
  };
}
