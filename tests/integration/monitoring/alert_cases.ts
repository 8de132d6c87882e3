/** Series with their values, one a minute, in promtool's notation. */
export type Series = Readonly<Record<string, string>>;

/** When an alert fires, and when it does not. */
export interface AlertCase {
  /** What goes wrong; the alert fires at the end of it. */
  readonly wrong: Series;
  /** The labels that the alert has then, besides its severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** What goes wrong in other ways, and the labels that the alert has then. */
  readonly alsoWrong?: readonly (Pick<AlertCase, "wrong" | "labels" | "at">)[];
  /** What is nearly as bad, and no reason for the alert. */
  readonly right: readonly Series[];
  /** Whether it fires, without labels, also where nothing was ever there. */
  readonly firesUnseen?: boolean;
  /** When it is looked at; an hour after the beginning where nothing is said. */
  readonly at?: string;
}

/** The same value for seven hours. */
const stays = (value: number) => `${value}x420`;

/** Rises by the same each minute. */
const rises = (by: number) => `0+${by}x420`;

/** Is there for half an hour, and then no more. */
const goes = (value: number) => `${value}x30 _x390`;

/** Is one thing for half an hour, and then another. */
const changes = (before: number, after: number) => `${before}x30 ${after}x390`;

const PLACE = { namespace: "shop" };
const ONE = { ...PLACE, instance: "a:1" };

/** A selector that has labels. */
function of(metric: string, labels: Readonly<Record<string, string>>): string {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `${metric}{${written.join(",")}}`;
}

const TOOLS = of("asya_gateway_tools", ONE);
const LEADER = of("asya_operator_leader", ONE);
const KEDA = of("asya_operator_keda_present", ONE);
const READY = of("rabbitmq_detailed_queue_messages_ready", { queue: "ocr", vhost: "/" });
const DEAD = of("rabbitmq_detailed_queue_messages_ready", {
  queue: "dead-letter-queue",
  vhost: "/",
});
const SEEN = of("asya_gateway_queue_messages", { ...ONE, queue: "ocr" });
const SEEN_DEAD = of("asya_gateway_queue_messages", { ...ONE, queue: "dead-letter-queue" });
const SEEN_DEAD_BY_ANOTHER = of("asya_gateway_queue_messages", {
  ...{ ...PLACE, instance: "b:1" },
  queue: "dead-letter-queue",
});
const CONSUMERS = of("rabbitmq_detailed_queue_consumers", { queue: "ocr", vhost: "/" });
const RECEIVED = of("asya_actor_messages_received_total", { ...ONE, queue: "ocr" });
const IN_HAND = of("asya_actor_active_messages", ONE);
const DONE = of("asya_actor_processing_duration_seconds_count", { ...ONE, queue: "ocr" });
const FAILED = of("asya_actor_messages_failed_total", {
  ...ONE,
  queue: "ocr",
  reason: "runtime_error",
});

const request = (end: string, labels: Record<string, string>) =>
  of(`asya_gateway_request_duration_seconds_${end}`, { ...ONE, route: "/jobs/:id", ...labels });

const ended = (labels: Record<string, string>) =>
  of("asya_gateway_jobs_ended_total", { ...ONE, tool: "ocr", ...labels });

const death = (code: string) =>
  of("asya_actor_runtime_errors_total", { ...ONE, queue: "ocr", error_type: code });

const generation = (error: string) =>
  of("gen_ai_client_operation_duration_seconds_count", {
    ...ONE,
    gen_ai_request_model: "small",
    error_type: error,
  });

/** Of a hundred requests a minute, so many are slow. */
const slow = (perMinute: number): Series => ({
  [request("count", { status: "200" })]: rises(100),
  [request("bucket", { status: "200", le: "0.5" })]: rises(100 - perMinute),
});

/** Requests were all fast until half an hour ago. */
const slowOnlyBefore: Series = {
  [request("count", { status: "200" })]: rises(100),
  [request("bucket", { status: "200", le: "0.5" })]: "0x30 3000+100x390",
};

/** A gateway whose timers are so late, in all of so many measures. */
const late = (le: string): Series => ({
  [of("asya_gateway_event_loop_lag_seconds_bucket", { ...ONE, le })]: rises(120),
  [of("asya_gateway_event_loop_lag_seconds_bucket", { ...ONE, le: "10" })]: rises(120),
  [of("asya_gateway_event_loop_lag_seconds_bucket", { ...ONE, le: "+Inf" })]: rises(120),
});

const store = (connected: number, leading: number, events = 1): Series => ({
  [of("asya_gateway_store_connected", ONE)]: stays(connected),
  [of("asya_gateway_store_leading", ONE)]: stays(leading),
  [of("asya_gateway_store_events_total", { ...ONE, event: "connected" })]: stays(events),
});

/** Every alert, by its name. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  AsyaGatewayLatencyBurnsFast: {
    wrong: slow(20),
    labels: PLACE,
    right: [slow(10), slowOnlyBefore],
  },
  AsyaGatewayLatencyBurnsSlowly: {
    wrong: slow(8),
    labels: PLACE,
    right: [slow(4)],
    at: "6h30m",
  },
  AsyaGatewayAway: {
    wrong: { [TOOLS]: goes(2), [of("asya_gateway_tools", { namespace: "other" })]: stays(2) },
    labels: PLACE,
    alsoWrong: [
      // The only gateway that there was: one alert, first by its place, then without.
      { wrong: { [TOOLS]: goes(2) }, labels: PLACE, at: "1h20m" },
      { wrong: { [TOOLS]: goes(2) }, labels: {}, at: "1h35m" },
    ],
    right: [{ [TOOLS]: stays(2) }],
    firesUnseen: true,
  },
  AsyaGatewayErrors: {
    wrong: {
      [request("count", { status: "200" })]: rises(100),
      [request("count", { status: "503" })]: rises(2),
    },
    labels: PLACE,
    right: [{
      [request("count", { status: "200" })]: rises(1000),
      [request("count", { status: "503" })]: rises(2),
      [request("count", { status: "404" })]: rises(500),
    }],
  },
  AsyaJobsFail: {
    wrong: {
      [ended({ status: "Succeeded", by: "report" })]: rises(10),
      [ended({ status: "Failed", by: "report" })]: rises(1),
    },
    labels: { ...PLACE, tool: "ocr" },
    right: [
      {
        [ended({ status: "Succeeded", by: "report" })]: rises(10),
        [ended({ status: "Failed", by: "cancel" })]: rises(5),
      },
      // One job in an hour, which failed.
      {
        [ended({ status: "Succeeded", by: "report" })]: stays(0),
        [ended({ status: "Failed", by: "report" })]: "0x55 1x365",
      },
    ],
  },
  AsyaCallsNotSent: {
    wrong: { [of("asya_gateway_outbox_oldest_seconds", ONE)]: stays(61) },
    labels: PLACE,
    right: [{ [of("asya_gateway_outbox_oldest_seconds", ONE)]: stays(59) }],
  },
  AsyaGatewayWithoutBroker: {
    wrong: { [of("asya_gateway_transport_connected", ONE)]: stays(0) },
    labels: ONE,
    right: [{ [of("asya_gateway_transport_connected", ONE)]: stays(1) }],
  },
  AsyaStoreAway: {
    wrong: store(0, 0),
    labels: ONE,
    right: [store(1, 1), store(0, 0, 0)],
  },
  AsyaStoreWithoutLeader: {
    wrong: store(1, 0),
    labels: PLACE,
    right: [store(1, 1), store(0, 0, 0)],
  },
  AsyaToolsFileBad: {
    wrong: {
      [of("asya_gateway_config_last_reload_successful", ONE)]: stays(0),
      [of("asya_gateway_tools_refused_total", ONE)]: stays(1),
    },
    labels: ONE,
    right: [{
      [of("asya_gateway_config_last_reload_successful", ONE)]: stays(1),
      [of("asya_gateway_tools_refused_total", ONE)]: stays(1),
    }],
  },
  AsyaGatewayLoopLate: { wrong: late("1"), labels: ONE, right: [late("0.05")] },
  AsyaQueueNotMoving: {
    wrong: { [READY]: stays(3), [RECEIVED]: stays(7) },
    labels: { queue: "ocr" },
    alsoWrong: [{
      wrong: { [SEEN]: stays(3), [SEEN_DEAD]: stays(3), [RECEIVED]: stays(7) },
      labels: { queue: "ocr" },
    }],
    right: [
      { [SEEN]: stays(3), [RECEIVED]: rises(1) },
      // RabbitMQ itself knows better.
      { [SEEN]: stays(3), [READY]: stays(0), [RECEIVED]: stays(7) },
      { [READY]: stays(3), [RECEIVED]: rises(1) },
      { [READY]: stays(0), [RECEIVED]: stays(7) },
      { [DEAD]: stays(3), [RECEIVED]: stays(7) },
    ],
  },
  AsyaQueueWithoutConsumers: {
    wrong: { [READY]: stays(3), [CONSUMERS]: stays(0), [RECEIVED]: goes(7) },
    labels: { queue: "ocr" },
    right: [
      { [READY]: stays(0), [CONSUMERS]: stays(0), [RECEIVED]: goes(7) },
      { [READY]: stays(3), [CONSUMERS]: stays(2), [RECEIVED]: goes(7) },
      // A queue of somebody else.
      { [READY]: stays(3), [CONSUMERS]: stays(0) },
    ],
  },
  AsyaQueueFallsBehind: {
    wrong: { [READY]: stays(3_000), [RECEIVED]: rises(60) },
    labels: { queue: "ocr" },
    right: [{ [READY]: stays(1_000), [RECEIVED]: rises(60) }],
  },
  AsyaMessagesStuck: {
    wrong: { [IN_HAND]: stays(2), [RECEIVED]: stays(9), [DONE]: stays(7) },
    labels: { ...PLACE, queue: "ocr" },
    right: [
      { [IN_HAND]: stays(2), [RECEIVED]: rises(1), [DONE]: rises(1) },
      { [IN_HAND]: stays(0), [RECEIVED]: stays(9), [DONE]: stays(9) },
    ],
    at: "70m",
  },
  AsyaActorFails: {
    wrong: { [FAILED]: rises(1), [RECEIVED]: rises(10) },
    labels: { ...PLACE, queue: "ocr" },
    right: [
      { [FAILED]: rises(1), [RECEIVED]: rises(100) },
      { [FAILED]: "0x50 1x370", [RECEIVED]: "0x50 1x370" },
    ],
  },
  AsyaRuntimeOutOfMemory: {
    wrong: { [death("oom_error")]: rises(1) },
    labels: { ...PLACE, queue: "ocr" },
    right: [{ [death("oom_error")]: "0x50 2x370" }, { [death("processing_error")]: rises(1) }],
  },
  AsyaRuntimeDies: {
    wrong: { [death("connection_error")]: rises(1) },
    labels: { ...PLACE, queue: "ocr" },
    right: [{ [death("connection_error")]: "0x50 2x370" }, { [death("oom_error")]: rises(1) }],
  },
  AsyaSidecarWithoutBroker: {
    wrong: { [of("asya_actor_transport_connected", { ...ONE, transport: "rabbitmq" })]: stays(0) },
    labels: { ...ONE, transport: "rabbitmq" },
    right: [{
      [of("asya_actor_transport_connected", { ...ONE, transport: "rabbitmq" })]: stays(1),
    }],
  },
  AsyaBrokerBlocks: {
    wrong: {
      [of("asya_gateway_transport_blocked", ONE)]: stays(0),
      [of("asya_actor_transport_blocked", { ...ONE, transport: "rabbitmq" })]: stays(1),
    },
    labels: PLACE,
    right: [{ [of("asya_gateway_transport_blocked", ONE)]: stays(0) }],
  },
  AsyaProgressDropped: {
    wrong: {
      [of("asya_actor_progress_reports_dropped_total", { ...ONE, why: "refused" })]: rises(1),
    },
    labels: { ...PLACE, why: "refused" },
    right: [{
      [of("asya_actor_progress_reports_dropped_total", { ...ONE, why: "refused" })]: "0x50 9x370",
    }],
  },
  AsyaDeadLettersGrow: {
    wrong: { [DEAD]: rises(1) },
    labels: { vhost: "/" },
    alsoWrong: [
      { wrong: { [SEEN_DEAD]: rises(1), [SEEN_DEAD_BY_ANOTHER]: rises(1) }, labels: PLACE },
      { wrong: { [SEEN_DEAD]: rises(1), [DEAD]: rises(1) }, labels: { vhost: "/" } },
    ],
    right: [
      { [DEAD]: stays(40) },
      { [READY]: rises(1) },
      { [DEAD]: "400-1x400" },
      { [SEEN_DEAD]: stays(40), [SEEN]: rises(1) },
      // A gateway that begins finds those that there are.
      { [SEEN_DEAD]: "_x40 40x380" },
    ],
  },
  AsyaGenerationsFail: {
    wrong: { [generation("")]: rises(5), [generation("rate_limited")]: rises(1) },
    labels: { ...PLACE, gen_ai_request_model: "small" },
    right: [{ [generation("")]: rises(20), [generation("rate_limited")]: rises(1) }],
  },
  AsyaScrapeMissing: {
    wrong: {
      [of("up", { ...ONE, job: "sidecars" })]: changes(1, 0),
      [of("asya_actor_active_messages", { ...ONE, job: "sidecars" })]: goes(0),
    },
    labels: { ...ONE, job: "sidecars" },
    right: [
      {
        [of("up", { ...ONE, job: "sidecars" })]: stays(1),
        [of("asya_actor_active_messages", { ...ONE, job: "sidecars" })]: stays(0),
      },
      { [of("up", { ...ONE, job: "somebody-else" })]: stays(0) },
    ],
  },
  AsyaOperatorAway: {
    wrong: { [LEADER]: goes(1) },
    labels: PLACE,
    right: [{ [LEADER]: stays(0) }, {}],
  },
  AsyaOperatorWithoutLeader: {
    wrong: { [LEADER]: stays(0), [of("asya_operator_leader", PLACE)]: stays(0) },
    labels: PLACE,
    right: [{ [LEADER]: stays(0), [of("asya_operator_leader", PLACE)]: stays(1) }],
  },
  AsyaReconcilesFail: {
    wrong: { [of("asya_operator_reconcile_errors_total", { ...ONE, code: "invalid" })]: rises(1) },
    labels: { ...PLACE, code: "invalid" },
    right: [
      { [of("asya_operator_reconcile_errors_total", { ...ONE, code: "conflict" })]: rises(1) },
      { [of("asya_operator_reconcile_errors_total", { ...ONE, code: "invalid" })]: "0x50 1x370" },
    ],
  },
  AsyaKedaAway: {
    wrong: { [KEDA]: changes(1, 0) },
    labels: PLACE,
    right: [{ [KEDA]: stays(1) }, { [KEDA]: stays(0) }],
  },
  AsyaKedaFails: {
    wrong: {
      [of("keda_scaled_object_errors_total", { ...ONE, scaledObject: "ocr" })]: rises(1),
    },
    labels: { scaledObject: "ocr" },
    right: [{
      [of("keda_scaled_object_errors_total", { ...ONE, scaledObject: "ocr" })]: "0x50 1x370",
    }],
  },
};
