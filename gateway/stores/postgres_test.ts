import { findPostgres } from "../../tests/kit/mod.ts";
import { testStore } from "../testing/store_suite.ts";
import { openPostgresStore } from "./postgres.ts";
import type { StoreEvent } from "./store_event.ts";

const postgres = await findPostgres();

function open(url: string, events: StoreEvent[] = []) {
  return openPostgresStore({ url, poolSize: 5, onEvent: (event) => events.push(event) });
}

testStore("[G9] postgres", async () => {
  const database = await postgres.createDatabase();
  const store = await open(database.url);
  return {
    store,
    async close() {
      await store.close();
      await database[Symbol.asyncDispose]();
    },
  };
});
