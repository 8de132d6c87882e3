/**
 * A world for the sidecar: a broker, runtimes and a gateway with everything that can happen to them,
 * in time that only jumps, by dice that a seed repeats. Whatever the sidecar's own code is, runs
 * here as it is; what it runs on is played. Nothing may enter that waits for real time, that is not
 * repeated by a seed, or that a program runs.
 *
 * A world is told in `scenario.ts` and made from a seed in `scenarios.ts`; `world.ts` runs it. Its
 * parts: `broker.ts`, reached over `link.ts` by `broker_client.ts` and `broker_consumer.ts`;
 * `runtime.ts`, whose hosts (`session_host.ts`, `one_exchange_host.ts`) answer over a `pipe.ts` as
 * each letter's script says; `gateway.ts`; and in each `pod.ts` a `process.ts` whose `life.ts` can
 * end at any of its effects.
 *
 * `process_oracle.ts` watches every one of them from outside: what is handed, called, published and
 * settled, byte by byte. For each acknowledgement it wants a reason (`judge_ack.ts`), and no reason
 * counts twice; so by and by each message is followed from queue to queue until its end.
 *
 * @module
 */
export * from "./run_seed.ts";
