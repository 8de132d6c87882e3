import { openPostgresStore } from "../stores/postgres.ts";
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
 * @param caFile PEM file: who may vouch for the server
 */
export async function openPostgres(url: string, caFile?: string): Promise<PostgresUnderTest> {
  const events: StoreEvent[] = [];
  const onEvent = (event: StoreEvent) => events.push(event);
  const store = await openPostgresStore({ url, caFile, poolSize: 4, onEvent });
  return {
    store,
    events,
    count: (kind) => events.filter((event) => event.kind === kind).length,
    [Symbol.asyncDispose]: () => store.close(),
  };
}
