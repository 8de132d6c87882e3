import type { Tracing } from "@asya/program";
import { type Clock, type MessagingSystem, systemClock, type Transport } from "@asya/transport";
import { QueueConsumer } from "./consume.ts";
import type { Emit } from "./events.ts";
import { HandlerClient } from "./handler_client.ts";
import { longestHoldMs } from "./hold_time.ts";
import type { HostPlace } from "./host.ts";
import type { Policy } from "./policy.ts";
import { Publisher } from "./publish.ts";
import { RecentIds } from "./recent_ids.ts";
import { type PostProgress, ProgressReporter, silentReporter } from "./report.ts";
import { WorkTracer } from "./trace_work.ts";

/** How a sidecar goes about its work. */
export interface SidecarOptions {
  /** Messages worked on at a time. */
  readonly prefetch: number;
  /** Milliseconds that a next step's queue is waited for. */
  readonly routeWaitMs: number;
  /** Which missing queues to create: its own and the terminal ones, every next step's too, none. */
  readonly queueCreate: "own" | "all" | "none";
  /** Milliseconds that the work in hand may take after a signal. */
  readonly shutdownGraceMs: number;
  /** How many done messages are remembered. */
  readonly dedupWindow: number;
  /** Milliseconds that a message may be held for what its handler streamed; 0: not at all. */
  readonly streamWaitMs: number;
  /** Milliseconds that the broker lets a message be held, where it sets a limit. */
  readonly holdLimitMs?: number | undefined;
}

/** What a sidecar is made of. */
export interface SidecarParts {
  readonly policy: Policy;
  readonly options: SidecarOptions;
  readonly transport: Transport;
  /** Where the runtime is found. */
  readonly place: HostPlace;
  /** Makes spans; absent where nobody collects them. */
  readonly tracing?: Tracing | undefined;
  /** What carries the messages, for the spans. */
  readonly system?: MessagingSystem;
  /** Sends progress reports; without it none are made, nor by a terminal actor. */
  readonly post?: PostProgress | undefined;
  readonly emit: Emit;
  readonly clock?: Clock;
  /** Gives numbers in [0, 1). */
  readonly random?: () => number;
}

/** A sidecar: it takes messages from its queue while there is a transport and a runtime. */
export interface Sidecar {
  /** Whether it can work at this moment, or why not. */
  ready(): true | string;
  /** Makes its queues, then takes messages for as long as it is not drained. */
  start(): Promise<void>;
  /** Takes no more messages, finishes or gives back those in hand, and sends its last reports. */
  drain(): Promise<void>;
}

/** How long calls are kept while the runtime is away, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Jobs remembered that nobody waits for any more. */
const MAX_INACTIVE = 10_000;

/** How long the last reports may take: a gateway that ends at the same time gets none. */
const LAST_REPORTS_MS = 2_000;

/** The part of the grace after which a broker is not waited for that does not end a consumer. */
const STOP_SHARE = 0.2;

/** The part of the grace after which calls that still run are given back. */
const CALLS_SHARE = 0.8;

/**
 * Puts a sidecar together.
 *
 * @param parts its place in the mesh, and where its messages, its runtime and its events are
 */
export function createSidecar(parts: SidecarParts): Sidecar {
  const { policy, options, transport, place, post, emit, tracing, system = { name: "" } } = parts;
  const { clock = systemClock, random = Math.random } = parts;
  const { shutdownGraceMs } = options;
  const base = { transport, clock, random, emit, policy };
  const publisher = new Publisher({ ...options, ...base });
  const handler = new HandlerClient({
    ...base,
    place,
    patienceMs: PATIENCE_MS,
    onHost: (host) => {
      consumer.followHost(host);
      if (host) warnOfLongHolds(host.concurrency);
    },
  });
  const onInactive = (jobIds: readonly string[]) => consumer.abandonJobs(jobIds);
  // Reports are of many jobs at once: they belong to the trace of none.
  const postQuietly = tracing && post &&
    ((reports: Parameters<PostProgress>[0]) => tracing.quietly(() => post(reports)));
  const reporter = post && !policy.isTerminal
    ? new ProgressReporter({ ...base, ...options, post: postQuietly ?? post, onInactive })
    : silentReporter;
  const consumer: QueueConsumer = new QueueConsumer({
    ...base,
    publisher,
    handler,
    reporter,
    tracer: tracing && new WorkTracer({ tracing, policy, system, now: () => clock.now() }),
    prefetch: options.prefetch,
    done: new RecentIds(options.dedupWindow),
    inactive: new RecentIds(MAX_INACTIVE),
  });
  const { promise: drained, resolve: endStart } = Promise.withResolvers<void>();
  let isDraining = false;
  let longestToldMs = options.holdLimitMs ?? Infinity;
  /** Tells that holds may be too long: once, and again where they may be longer still. */
  const warnOfLongHolds = (concurrency: number) => {
    const longestMs = longestHoldMs(options.prefetch, concurrency, policy.runtimeTimeoutMs);
    if (options.holdLimitMs === undefined || longestMs <= longestToldMs) return;
    longestToldMs = longestMs;
    emit({ kind: "long_holds", longestMs, allowedMs: options.holdLimitMs });
  };
  return {
    ready: () => {
      if (isDraining) return "draining";
      if (!transport.connected) return "the broker cannot be reached";
      return handler.host ? true : "the runtime has not answered";
    },
    start: async () => {
      const { queue, happyEnd, errorEnd, deadLetter } = policy;
      const own = [...new Set([queue, happyEnd, errorEnd, deadLetter])];
      // The broker may not be there yet, and a signal may come before it is.
      if (options.queueCreate !== "none") await Promise.race([transport.declare(own), drained]);
      handler.start();
    },
    drain: async () => {
      emit({ kind: "draining", inHand: consumer.inHand });
      const beganMs = clock.elapsed();
      const until = (share: number) => beganMs + shutdownGraceMs * share - clock.elapsed();
      isDraining = true;
      endStart();
      await atMost(clock, until(STOP_SHARE), consumer.stop());
      handler.drain();
      await atMost(clock, until(CALLS_SHARE), consumer.settled());
      publisher.abandon();
      await handler.close();
      await atMost(clock, until(1), consumer.settled());
      await reporter.close(Math.min(LAST_REPORTS_MS, until(1)));
      emit({ kind: "drained", inHand: consumer.inHand });
    },
  };
}

/** Waits for work to be done, but no longer than a limit. */
async function atMost(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  // waits for the limit
  const cancelTimer = clock.after(Math.max(0, limitMs), resolve);
  await Promise.race([work, over]);
  cancelTimer();
}
