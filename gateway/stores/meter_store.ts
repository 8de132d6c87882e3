import type { Clock } from "@asya/transport";
import type { Emit } from "../event.ts";
import type { Store } from "./store.ts";
import type { StoreOperation } from "./store_operation.ts";

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
    findKey: (keyId) => timed("find_key", store.findKey(keyId)),
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
    countJobs: (limit) => timed("count_jobs", store.countJobs(limit)),
    putPulse: (row, beforeSlot) => timed("put_pulse", store.putPulse(row, beforeSlot)),
    readPulse: (fromSlot) => timed("read_pulse", store.readPulse(fromSlot)),
    close: () => store.close(),
  };
}
