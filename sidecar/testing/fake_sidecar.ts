import type { Tracing } from "@asya/program";
import type { Json } from "@asya/protocol";
import { createMemoryBroker, type Outgoing, type Transport } from "@asya/transport";
import type { Event } from "../events.ts";
import type { Policy } from "../policy.ts";
import type { PostResult, QueuedReport } from "../report.ts";
import { createSidecar, type Sidecar, type SidecarOptions } from "../sidecar.ts";
import type { Received } from "../work.ts";
import { FakeClock, turn } from "./fake_clock.ts";
import { FakeHost, FakePlace } from "./fake_host.ts";
import { bytesOf, jsonOf, sampleBody, samplePolicy } from "./samples.ts";

/** What a test may change of a sidecar that works in memory. */
export interface FakeSidecarChange {
  readonly policy?: Partial<Policy>;
  readonly options?: Partial<SidecarOptions>;
  /** Takes progress reports; without it, there is no gateway. */
  readonly post?: (reports: readonly QueuedReport[]) => Promise<PostResult>;
  /** Makes spans; without it, nobody collects them. */
  readonly tracing?: Tracing;
  /** Lays itself over the transport. */
  readonly wrap?: (transport: Transport) => Transport;
}

/** A sidecar with everything around it in memory, and time that stands still. */
export class FakeSidecar {
  readonly clock: FakeClock = new FakeClock();
  readonly place: FakePlace = new FakePlace();
  readonly events: Event[] = [];
  /** The test's own way to the broker. */
  readonly broker: Transport;
  readonly sidecar: Sidecar;
  readonly policy: Policy;
  readonly #transport: Transport;

  /** @param change what is other than usual */
  constructor(change: FakeSidecarChange = {}) {
    const broker = createMemoryBroker(this.clock);
    this.broker = broker.connect();
    const own = broker.connect((event) => this.events.push({ kind: "transport", event }));
    this.#transport = change.wrap?.(own) ?? own;
    this.policy = samplePolicy(change.policy);
    this.sidecar = createSidecar({
      policy: this.policy,
      options: {
        prefetch: 1,
        routeWaitMs: 30_000,
        queueCreate: "own",
        shutdownGraceMs: 25_000,
        dedupWindow: 100,
        streamWaitMs: 250,
        ...change.options,
      },
      transport: this.#transport,
      place: this.place,
      post: change.post,
      tracing: change.tracing,
      system: { name: "memory" },
      emit: (event) => this.events.push(event),
      clock: this.clock,
      random: () => 0,
    });
  }

  /** Starts it, and makes the queues of next steps. */
  async start(...queues: string[]): Promise<void> {
    await this.broker.declare(queues);
    await this.sidecar.start();
    await turn();
  }

  /** Brings up a host, and lets the sidecar find it. */
  async host(...change: ConstructorParameters<typeof FakeHost>): Promise<FakeHost> {
    const host = this.place.put(new FakeHost(...change));
    await this.clock.pass(500);
    return host;
  }

  /** Puts a message into a queue. */
  async send(body: unknown = sampleBody(), change: Partial<Outgoing> = {}): Promise<void> {
    const messageId = change.messageId ?? crypto.randomUUID();
    await this.broker.publish([
      { queue: this.policy.queue, body: bytesOf(body), messageId, ...change },
    ]);
    await turn();
  }

  /** Takes everything that lies in a queue. */
  async take(queue: string): Promise<Json[]> {
    const bodies = (await this.takeDeliveries(queue)).map(({ body }) => jsonOf(body));
    return bodies;
  }

  /** Takes everything that lies in a queue, as it was delivered. */
  async takeDeliveries(queue: string): Promise<Received[]> {
    const taken: Received[] = [];
    const consumer = await this.broker.consume(queue, {
      prefetch: 1000,
      onDelivery: (delivery) => {
        taken.push(delivery);
        delivery.ack();
      },
    });
    await turn();
    await consumer.close();
    return taken;
  }

  /** Kinds of the events so far. */
  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  /** Drains the sidecar and closes both ways to the broker. */
  async end(): Promise<void> {
    let isDrained = false;
    this.sidecar.drain().then(() => isDrained = true);
    while (!isDrained) await this.clock.pass(1000);
    await this.#transport.close();
    await this.broker.close();
  }
}
