import type { OpsSources, Tracing } from "@asya/program";
import { type Browser, type Clock, messagingSystem, type Transport } from "@asya/transport";
import { createApp } from "./http/app.ts";
import type { Connection } from "./http/app_env.ts";
import { Catalog } from "./tools/catalog.ts";
import { chooseAccess } from "./choose_access.ts";
import type { Config } from "./config.ts";
import type { Emit } from "./event.ts";
import { DeadLetters } from "./dead_letters/dead_letters.ts";
import { addDashboard } from "./dashboard/dashboard.ts";
import { Followers } from "./jobs/follow.ts";
import { createJobTool } from "./tools/job_tool.ts";
import { Jobs } from "./jobs/jobs.ts";
import { JobTasks } from "./mcp/job_tasks.ts";
import { JobStreams } from "./http/job_streams.ts";
import type { SchemaCompiler } from "./tools/json_schema.ts";
import type { Mcp } from "./mcp/mcp.ts";
import { Outbox } from "./jobs/outbox.ts";
import { Sends } from "./jobs/sends.ts";
import { Overview } from "./overview/overview.ts";
import { OverviewStreams } from "./http/overview_stream.ts";
import { Pulse } from "./overview/pulse.ts";
import { startSampling } from "./overview/sample_depths.ts";
import type { ParsedTools } from "./tools/parse_tools.ts";
import type { Store } from "./stores/store.ts";
import type { Tool } from "./tools/tool.ts";
import { Toolbox } from "./tools/toolbox.ts";
import { startUpkeep } from "./jobs/upkeep.ts";
import { startCensus } from "./jobs/start_census.ts";
import { meterPublisher } from "./jobs/meter_publisher.ts";
import { measureLoop } from "./measure_loop.ts";
import { meterStore } from "./stores/meter_store.ts";

/** What a gateway is made of. */
export interface GatewayParts {
  readonly config: Config;
  readonly store: Store;
  readonly transport: Pick<Transport, "publish" | "connected" | "inspect"> & Browser;
  readonly tools: readonly Tool[];
  readonly compiler: SchemaCompiler;
  readonly clock: Clock;
  /** The platform's tracing, where it is on. */
  readonly tracing?: Tracing | undefined;
  readonly emit: Emit;
  readonly metrics?: OpsSources["metrics"];
  readonly version: string;
}

/** A gateway that is being served. */
export interface Gateway {
  /**
   * Answers a request.
   *
   * @param connection the connection that it came over, if it came over one
   */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Every route, as method and pattern. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Takes a new set of tools; a bad one is reported, and changes nothing. */
  replaceTools(tools: ParsedTools): void;
  /** Begins to send what is stored, and to look after deadlines. */
  start(): Promise<void>;
  /** Lets go of everybody who waits or follows; calls are still taken. */
  release(): void;
  /** Sends what can be sent, and closes the store. */
  close(): Promise<void>;
}

/** How long a stream may be silent. */
const KEEP_ALIVE_MS = 15_000;

/** How long a message in hand is kept from other gateways. */
const LEASE_MS = 10_000;

/** How long the outbox may take to send what is left. */
const DRAIN_MS = 5_000;

/**
 * Puts a gateway together.
 *
 * @param parts what it is made of
 */
export function createGateway(parts: GatewayParts): Gateway {
  const { config, transport, compiler, tracing, metrics, version } = parts;
  const clock = createSharedClock(parts.clock, parts.store);
  const store = meterStore(parts.store, clock, parts.emit);
  const pulse = new Pulse({ store, clock, gateway: crypto.randomUUID(), emit: parts.emit });
  const emit: Emit = (event) => {
    pulse.take(event);
    parts.emit(event);
  };
  const { maxBodyBytes, maxMessageBytes } = config;
  const now = () => new Date(clock.now());
  const createId = () => crypto.randomUUID();
  const catalog = new Catalog(parts.tools, emit, () => clock.now());
  const jobs = new Jobs({ store, emit, now });
  const followers = new Followers({
    source: store,
    readResult: async (jobId) => (await jobs.find(jobId))?.result,
    onError: (error) => emit({ kind: "store_failed", doing: "streams", error }),
    clock,
  });
  const { maxStreamsOfCaller } = config;
  const streams = new JobStreams({
    followers,
    clock,
    keepAliveMs: KEEP_ALIVE_MS,
    maxStreamsOfCaller,
    emit,
  });
  const sends = tracing &&
    new Sends({ tracing, system: messagingSystem(config), now: () => parts.clock.now() });
  const publisher = meterPublisher(transport, clock, emit);
  const outbox = new Outbox({
    store,
    publisher: sends?.endIn(publisher) ?? publisher,
    clock,
    routeWaitMs: config.routeWaitMs,
    leaseMs: LEASE_MS,
    giveUp: (jobId, message) => {
      sends?.fail(message);
      return jobs.giveUp(jobId, message.queue);
    },
    emit,
  });
  const submit = {
    store,
    send: outbox.send.bind(outbox),
    room: () => outbox.room(),
    leaseMs: LEASE_MS,
    maxMessageBytes,
    sends,
    emit,
    now,
  };
  const calls = { ...submit, findTool: (name: string) => catalog.find(name), createId };
  const deadLetters = new DeadLetters({
    transport,
    queue: config.deadLetterQueue,
    findJob: (id) => jobs.find(id),
    findKey: (keyId) => store.findKey(keyId),
    tools: () => catalog.tools,
    submit,
    createId,
    emit,
  });
  const steps = () => [...new Set(catalog.tools.flatMap(({ steps }) => steps))];
  const overview = new Overview({
    pulse,
    store,
    transport,
    steps,
    countLetters: () => deadLetters.count(),
    clock,
  });
  const overviews = new OverviewStreams({ overview, clock, maxStreamsOfCaller, emit });
  const toolbox = new Toolbox({
    calls,
    jobs,
    followers,
    tools: () => catalog.tools,
    jobTool: config.jobTool ? createJobTool({ jobs, followers, compiler }) : undefined,
  });
  const released = new AbortController();
  const mcp = loadOnce(async (): Promise<Mcp> => {
    const { createMcp } = await import("./mcp/mcp.ts");
    return createMcp({
      tools: toolbox,
      tracing,
      tasks: new JobTasks({ calls, jobs, followers, clock, jobTtlMs: config.jobTtlMs }),
      onToolsChange: (listener) => catalog.onChange(listener),
      version,
      clock,
      keepAliveMs: KEEP_ALIVE_MS,
      maxStreamsOfCaller,
      released: released.signal,
      onError: (error) => emit({ kind: "request_failed", route: "/mcp", error }),
    });
  });
  const access = chooseAccess(config, clock, emit);
  const app = createApp({
    deadLetters,
    overview,
    overviews,
    jobs,
    streams,
    calls,
    toolbox,
    answerMcp: async (request) => await (await mcp()).answer(request),
    describeApi: loadOnce(async () => {
      const { createDocument, renderDocument } = await import("./http/openapi/document.ts");
      return renderDocument(createDocument({
        version,
        publicUrl: config.publicUrl?.replace(/\/+$/, ""),
        knowsCallers: config.auth !== "none",
        knowsActors: config.internalToken !== undefined,
      }));
    }),
    addDashboard: (app, guards) =>
      addDashboard(app, guards, {
        ...{ jobs, streams, calls, deadLetters, overview, overviews, maxBodyBytes, now, version },
        updates: store,
        knowsCallers: config.auth !== "none",
        traceUrl: config.traceUrl,
        tools: () => catalog.tools,
        baseUrlOf: access.baseUrlOf,
      }),
    baseUrlOf: access.baseUrlOf,
    maxBodyBytes,
    maxMessageBytes,
    guards: access.guards,
    issuer: access.issuer,
    ops: {
      live: () => true,
      ready: () => {
        if (released.signal.aborted) return "the gateway is about to stop";
        if (!store.healthy) return "jobs cannot be stored";
        return transport.connected ? true : "the broker cannot be reached";
      },
      metrics,
    },
    tracing,
    emit,
  });
  let stopUpkeep = () => Promise.resolve();
  let stopCensus = () => Promise.resolve();
  let stopSampling = () => {};
  let stopMeasuring = () => {};
  return {
    async fetch(request, connection = {}) {
      return await app.fetch(request, connection);
    },
    routes: app.routes,
    replaceTools: (tools) => catalog.replace(tools),
    async start() {
      access.start();
      await outbox.start();
      stopUpkeep = startUpkeep({
        store,
        clock,
        ttlMs: config.jobTtlMs,
        expire: (jobId) => jobs.expire(jobId),
        emit,
      });
      stopCensus = startCensus({ store, clock, emit });
      stopSampling = startSampling({
        source: {
          get connected() {
            return transport.connected;
          },
          inspect: (queue) =>
            queue === config.deadLetterQueue ? deadLetters.inspect() : transport.inspect(queue),
        },
        queues: () => [config.deadLetterQueue, ...steps(), ...pulse.heardOf()],
        clock,
        take: (slot, waiting) => {
          emit({ kind: "queues_seen", waiting });
          const depths = new Map(waiting);
          depths.delete(config.deadLetterQueue);
          pulse.takeDepths(slot, depths);
        },
      });
      stopMeasuring = measureLoop(clock, emit);
    },
    release() {
      released.abort();
      followers.close();
      overviews.close();
    },
    async close() {
      followers.close();
      overviews.close();
      stopMeasuring();
      stopSampling();
      await Promise.all([stopUpkeep(), stopCensus()]);
      await outbox.drain(DRAIN_MS);
      await pulse.stop();
      await store.close();
    },
  };
}

/** Our clock, set by the one that all gateways of the store go by; its timers stay as they are. */
function createSharedClock(clock: Clock, store: Pick<Store, "aheadMs">): Clock {
  return {
    now: () => clock.now() + Math.round(store.aheadMs),
    elapsed: () => clock.elapsed(),
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
}

/** Loads something with the first call, once; a failure is tried again. */
function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return async () => {
    loaded ??= load();
    try {
      return await loaded;
    } catch (error) {
      loaded = undefined;
      throw error;
    }
  };
}
