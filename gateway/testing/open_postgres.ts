import { openPostgresStore, type PostgresOptions } from "../stores/postgres.ts";
import type { Store } from "../stores/store.ts";
import type { StoreEvent } from "../stores/store_event.ts";

/** A store in a database of a test's, and what happened to it; disposing closes it. */
export interface PostgresUnderTest extends AsyncDisposable {
  readonly store: Store;
  readonly events: StoreEvent[];
  /** How often something happened. */
  count(kind: StoreEvent["kind"]): number;
}

/**
 * Opens a store as a gateway would.
 *
 * @param url where
 * @param options what differs from a gateway by itself
 */
export async function openPostgres(
  url: string,
  options: Partial<Pick<PostgresOptions, "caFile" | "patienceMs" | "poolSize">> = {},
): Promise<PostgresUnderTest> {
  const events: StoreEvent[] = [];
  const onEvent = (event: StoreEvent) => events.push(event);
  const store = await openPostgresStore({ url, poolSize: 4, onEvent, ...options });
  return {
    store,
    events,
    count: (kind) => events.filter((event) => event.kind === kind).length,
    [Symbol.asyncDispose]: () => store.close(),
  };
}
