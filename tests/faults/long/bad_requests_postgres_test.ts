import { findPostgres } from "../../kit/mod.ts";
import { askBadThings } from "../bad_requests/ask_bad_things.ts";

Deno.test("[G14] bad requests: none is a failure of a gateway on PostgreSQL", async () => {
  const seed = Number(Deno.env.get("ASYA_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  const postgres = await findPostgres();
  await using database = await postgres.createDatabase();
  await askBadThings({
    seed,
    runs: 5_000,
    again: `again: ASYA_TEST_SEED=${seed} deno task test faults --filter=bad`,
    databaseUrl: database.url,
  });
});
