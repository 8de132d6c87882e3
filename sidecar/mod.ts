/**
 * Carries messages between a queue and the handler beside it.
 *
 * No handler runs here, and nothing of what a payload means may enter; brokers are known by their
 * contract only, and jobs are the gateway's. The folder is a program, started by `main.ts`, and has
 * nothing to import. A message's way through it, file by file:
 *
 * 1. `consume.ts` takes it from the queue while there is a host (`subscription.ts`);
 * 2. `admit.ts` looks at it before any handler does (`work.ts` is what it becomes);
 * 3. `call.ts` has `handler_client.ts` make the call: one after the other or side by side, as the
 *    host takes them (`call_queue.ts`), over a session (`session_client.ts`) or single exchanges
 *    (`one_exchange_client.ts`), whichever `host_socket.ts` finds; when the host dies, `blame.ts`
 *    says whose fault it was;
 * 4. `decide.ts` decides what becomes of it (`decision.ts`), `decide_failure.ts` and
 *    `decide_terminal.ts` where it failed or the actor is a terminal one; `outputs.ts` makes what
 *    the handler wants sent on;
 * 5. `apply.ts` performs the decision: `publish.ts` until all is confirmed, then the ack.
 *
 * Beside that way, `report.ts` tells the gateway how jobs get on (`chunk_waits.ts` lets a message
 * wait for what its handler streamed), `trace_work.ts` makes the spans of work whose trace is
 * recorded, and `telemetry.ts` turns events (`events.ts`) into log lines and metrics, with what is
 * in `telemetry/`: nothing may enter there that decides about a message. `sidecar.ts` puts it all
 * together.
 *
 * @module
 */
export {};
