import assert from "node:assert/strict";
import { createFailure, isJsonObject, type Json, parseErrorEnvelope } from "@asya/protocol";
import { createMemoryBroker, type PublishOutcome, type Transport } from "@asya/transport";
import type { Event } from "./events.ts";
import type { Exchange } from "./host.ts";
import { createSidecar, type Sidecar } from "./sidecar.ts";
import { aroundTransport } from "./testing/around_transport.ts";
import { FakeClock, turn } from "./testing/fake_clock.ts";
import { FakeHost, FakePlace } from "./testing/fake_host.ts";
import { bytesOf, sampleBody, samplePolicy } from "./testing/samples.ts";

const SEEDS = 300;
const MESSAGES = 40;
const STEPS = 400;

/** Events without which the runs would prove little. */
const MUST_HAPPEN = [
  "resent redelivered",
  "resent runtime_died",
  "resent given_back",
  "dropped duplicate",
  "runtime_died",
  "send_failed",
  "failed connection_error",
  "failed oom_error",
  "failed timeout_error",
  "drained",
];

/** What a run did and came to, as far as two runs of one seed must agree. */
interface Outcome {
  readonly seen: Readonly<Record<string, string[]>>;
  readonly log: readonly string[];
  readonly faults: number;
}

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A sidecar, its runtime, its queues and its clock, and a world that is against them. */
class World {
  readonly clock = new FakeClock();
  readonly log: string[] = [];
  faults = 0;
  readonly #random: () => number;
  readonly #broker = createMemoryBroker(this.clock);
  readonly #own = this.#broker.connect();
  #place = new FakePlace();
  #transport: Transport | undefined;
  #sidecar: Sidecar | undefined;
  #instances = 0;
  #isHostile = true;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  async run(): Promise<Outcome> {
    await this.#own.declare(["ocr", "classify"]);
    for (let number = 0; number < MESSAGES; number++) {
      const messageId = `asya1-${number.toString(16).padStart(32, "0")}`;
      const body = bytesOf(sampleBody({ job_id: `j${number}`, payload: { number } }));
      await this.#own.publish([{ queue: "ocr", body, messageId }]);
    }
    await this.#startSidecar();
    for (let step = 0; step < STEPS; step++) await this.#act();
    this.#isHostile = false;
    for (let step = 0; step < 4_000 && !await this.#isDone(); step++) {
      if (!this.#place.host) this.#bringUpHost();
      this.#place.host?.reply({ done: true });
      await this.clock.pass(200);
    }
    const seen = await this.#readEnds();
    await this.#stopSidecar();
    await this.#own.close();
    return { seen, log: this.log, faults: this.faults };
  }

  async #act(): Promise<void> {
    const host = this.#place.host;
    const roll = this.#random();
    if (!host && roll < 0.5) this.#bringUpHost();
    else if (roll < 0.55) host?.reply({ done: true });
    else if (roll < 0.65) this.#end({ kind: "replied", reply: this.#failure() });
    else if (roll < 0.68) this.#end({ kind: "timed_out" });
    else if (roll < 0.74) this.#die({ kind: "lost" });
    else if (roll < 0.78) this.#die({ kind: "spared" });
    else if (roll < 0.8) this.#die({ kind: "lost", isLate: true });
    else if (roll < 0.83) await this.#killSidecar();
    else if (roll < 0.84) await this.#drainSidecar();
    await this.clock.pass(Math.floor(this.#random() ** 4 * 8_000));
  }

  #failure() {
    const failure = createFailure("processing_error", "no");
    return { kind: "failure", failure } as const;
  }

  #end(exchange: Exchange): void {
    const calls = this.#place.host?.calls ?? [];
    calls[Math.floor(this.#random() * calls.length)]?.end(exchange);
  }

  #die(exchange: Exchange): void {
    if ((this.#place.host?.calls.length ?? 0) > 0) this.faults++;
    this.#place.host?.die(exchange);
  }

  #bringUpHost(): void {
    const concurrency = 1 + Math.floor(this.#random() * 4);
    const kind = this.#random() < 0.2 ? "one_exchange" : "session";
    this.#place.put(
      new FakeHost({
        kind,
        concurrency: kind === "session" ? concurrency : 1,
        instance: `i${this.#instances}`,
        exits: [{ instance: `i${this.#instances++ - 1}`, reason: this.#reason(), at: "" }],
      }),
    );
  }

  #reason(): "oom" | "signal" | "killed" {
    const roll = this.#random();
    if (roll < 0.1) return "oom";
    return roll < 0.5 ? "signal" : "killed";
  }

  async #startSidecar(): Promise<void> {
    this.#place = new FakePlace();
    this.#transport = this.#broker.connect();
    this.#sidecar = createSidecar({
      policy: samplePolicy({ maxDeliveries: 2 }),
      options: {
        prefetch: 8,
        routeWaitMs: 1_000,
        queueCreate: "own",
        shutdownGraceMs: 1_000,
        dedupWindow: 1_000,
      },
      transport: this.#unreliable(this.#transport),
      place: this.#place,
      emit: (event) => this.#note(event),
      clock: this.clock,
      random: this.#random,
    });
    await this.#sidecar.start();
  }

  /** The process dies: nothing is finished, and what it held is delivered again. */
  async #killSidecar(): Promise<void> {
    if (!this.#transport) return;
    if ((await this.#own.inspect("ocr"))?.unacked) this.faults++;
    this.#broker.sever(this.#transport);
    this.#place.host?.close();
    await this.#stopSidecar();
    await this.#startSidecar();
  }

  async #drainSidecar(): Promise<void> {
    await this.#stopSidecar();
    await this.#startSidecar();
  }

  async #stopSidecar(): Promise<void> {
    let isDrained = false;
    this.#sidecar?.drain().then(() => isDrained = true);
    while (!isDrained) await this.clock.pass(100);
    await this.#transport?.close();
  }

  /** Confirms get lost, before and after the broker has the message. */
  #unreliable(transport: Transport): Transport {
    return aroundTransport(transport, {
      publish: async (messages) => {
        if (this.#isHostile && this.#random() < 0.03) return messages.map(() => "failed");
        const outcomes = await transport.publish(messages);
        return outcomes.map((outcome): PublishOutcome => {
          if (!this.#isHostile || this.#random() >= 0.03) return outcome;
          this.faults++;
          return "failed";
        });
      },
    });
  }

  #note(event: Event): void {
    this.log.push(`${this.clock.now()} ${nameOf(event)}`);
  }

  async #isDone(): Promise<boolean> {
    const state = await this.#own.inspect("ocr");
    return state?.ready === 0 && state.unacked === 0 && state.delayed === 0;
  }

  /** Where each job was seen. */
  async #readEnds(): Promise<Record<string, string[]>> {
    const seen: Record<string, string[]> = {};
    for (const queue of ["ocr", "classify", "error-end", "happy-end", "dead-letter-queue"]) {
      const consumer = await this.#own.consume(queue, {
        prefetch: 10_000,
        onDelivery: (delivery) => {
          const jobId = jobOf(queue, delivery.body);
          (seen[jobId] ??= []).push(queue);
          delivery.ack();
        },
      });
      await turn();
      await consumer.close();
    }
    return seen;
  }
}

/** What happened, and where it says more, in which way. */
function nameOf(event: Event): string {
  switch (event.kind) {
    case "resent":
    case "dropped":
      return `${event.kind} ${event.why}`;
    case "failed":
      return `${event.kind} ${event.failure.code}`;
    default:
      return event.kind;
  }
}

function jobOf(queue: string, body: Uint8Array): string {
  if (queue === "error-end") return parseErrorEnvelope(body).jobId;
  const json: Json = JSON.parse(new TextDecoder().decode(body));
  return isJsonObject(json) ? String(json.job_id) : "";
}

Deno.test({
  name: "[D16] [D2] whatever happens, every message comes to an end, and none is left behind",
  permissions: "none",
  fn: async () => {
    let faults = 0;
    const happened = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = await new World(seed).run();
      faults += outcome.faults;
      for (const line of outcome.log) happened.add(line.slice(line.indexOf(" ") + 1));
      assert.equal(Object.keys(outcome.seen).length, MESSAGES, `seed ${seed}: a job is missing`);
      for (const [jobId, queues] of Object.entries(outcome.seen)) {
        const ends = new Set(queues);
        assert(!ends.has("ocr"), `seed ${seed}: ${jobId} is still in its queue`);
        assert(ends.has("classify") || ends.has("error-end"), `seed ${seed}: ${jobId}: ${queues}`);
      }
    }
    assert(faults > SEEDS * 10, `only ${faults} faults happened`);
    for (const what of MUST_HAPPEN) assert(happened.has(what), `${what} never happened`);
  },
});

Deno.test({
  name: "a seed happens the same way each time",
  permissions: "none",
  fn: async () => {
    for (const seed of [1, 7, 99]) {
      assert.deepEqual(await new World(seed).run(), await new World(seed).run());
    }
  },
});
