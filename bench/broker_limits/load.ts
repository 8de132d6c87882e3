/**
 * Loads or empties queues in a process of its own, one connection for each. Says `ready`, begins at
 * the first byte on standard input, and ends at the second one, when it says how many messages it saw
 * in how many seconds, the first second left out.
 *
 * The argument is a {@linkcode Load} as JSON.
 *
 * @module
 */
import { pause } from "../../tests/kit/poll.ts";
import { BODY_BYTES } from "../payload.ts";
import { drain, press } from "./blunt_client.ts";

/** What one process does. */
export interface Load {
  readonly role: "press" | "drain";
  /** Where each queue is reached: its name and the broker's port. */
  readonly queues: readonly { readonly queue: string; readonly port: number }[];
  /** Messages that are in flight per queue at a time. */
  readonly inFlight: number;
}

/** What it saw. */
export interface Seen {
  readonly count: number;
  readonly seconds: number;
}

/** Until connections, queues and compiled code are warm. */
const WARM_MS = 1_000;

const load: Load = JSON.parse(Deno.args[0] ?? "");
const body = new Uint8Array(BODY_BYTES).fill(0x20);
const drains = load.role === "drain"
  ? await Promise.all(load.queues.map((place) => drain({ ...place, prefetch: load.inFlight })))
  : [];
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));
const clients = load.role === "drain"
  ? drains
  : await Promise.all(load.queues.map((place) => press({ ...place, body, ...load })));
const countAll = () => clients.reduce((sum, { count }) => sum + count, 0);
await pause(WARM_MS);
const [before, startMs] = [countAll(), performance.now()];
await Deno.stdin.read(new Uint8Array(1));
const count = countAll() - before;
const seen: Seen = { count, seconds: (performance.now() - startMs) / 1_000 };
console.log(JSON.stringify(seen));
await Promise.all(clients.map((client) => client.close()));
