import { askBadThings } from "./bad_requests/ask_bad_things.ts";
import { readScale } from "./scale.ts";

/** The seed where none is said: the same requests in every run. */
const SEED = 20_260_101;

/** Requests for each job that a fault takes, where their number is said. */
const REQUESTS_PER_JOB = 20;

Deno.test("[G14] [W5] bad requests: none is a failure of the gateway, leaks, or stays unexplained", async () => {
  const isLong = Deno.env.get("ASYA_TEST_JOBS") !== undefined;
  const { jobs } = readScale(1);
  const fresh = isLong ? Math.floor(Math.random() * 2 ** 31) : SEED;
  const seed = Number(Deno.env.get("ASYA_TEST_SEED") ?? fresh);
  await askBadThings({
    seed,
    runs: isLong ? jobs * REQUESTS_PER_JOB : 2_500,
    again: `again: ASYA_TEST_SEED=${seed} ${isLong ? `ASYA_TEST_JOBS=${jobs} ` : ""}` +
      "deno task test faults --filter=bad",
  });
});
