/**
 * The operator's process: settings, API server, telemetry; runs until a signal, or until it may not
 * lead any more, which is exit code 1. With `check` as its argument it only looks at its settings.
 *
 * @module
 */
import {
  createLogger,
  createMetrics,
  loadSettings,
  onShutdown,
  secretsOf,
  serveOps,
  within,
} from "@asya/program";
import { systemClock } from "@asya/transport";
import { begin } from "./begin.ts";
import { readAccess } from "./cluster/access.ts";
import { ApiServer } from "./cluster/api_server.ts";
import { leasesOf } from "./cluster/kube_lease_store.ts";
import { bundleOf, checkConfig, settings } from "./config.ts";
import { WriteFence } from "./controller/write_fence.ts";
import type { Emit } from "./event.ts";
import { BrokerQueues } from "./queues/broker_queues.ts";
import { Reconciler } from "./reconcile/reconciler.ts";
import { Operator } from "./operator.ts";
import { platformOf } from "./platform_of.ts";
import { readBundle } from "./read_bundle.ts";
import { reconcileWith } from "./reconcile_with.ts";
import { createTelemetry } from "./telemetry.ts";

const summary = "turns AsyncActor resources into running actors on Kubernetes";
const config = loadSettings("operator", summary, settings, checkConfig);
const bundle = await begin(() => readBundle(bundleOf(config)), 2);
if (Deno.args[0] === "check") Deno.exit(0);
const shutdown = onShutdown();
const { logLevel: level, logFormat: format, operatorAddress: address } = config;
const redact = secretsOf(settings, config);
const log = createLogger({ program: "operator", level, format, redact });
const metrics = await createMetrics({ namespace: "asya_operator" });
const readings = { depth: () => operator.depth, actors: () => operator.actors };
const emit: Emit = createTelemetry({ log, metrics, readings });
const clock = systemClock;
const fence = new WriteFence(clock);
const access = () => readAccess(config.kubeconfig);
const api = await begin(() => ApiServer.open({ readAccess: access, clock, fence, tell: emit }));
const queues = new BrokerQueues();
const operator: Operator = new Operator({
  ...{ api, fence, clock, emit, random: Math.random, options: config },
  leases: leasesOf(api, config),
  identity: `${config.hostname}_${crypto.randomUUID()}`,
  createReconcile: (ways) => {
    const platform = platformOf(config, bundle);
    return reconcileWith(new Reconciler({ ...ways, queues, platform, now: () => new Date() }));
  },
});
const ops = serveOps({ address, live: () => true, ready: () => operator.ready(), metrics });
if (api.isUnverified) emit({ kind: "server_unverified", server: api.server });
if (bundle.hash === "") emit({ kind: "runtime_missing", path: bundleOf(config).path });
const namespace = config.watchNamespace ?? "*";
emit({ kind: "started", server: api.server, namespace, operationsPort: ops.port });
void shutdown.requested.then((signal) => emit({ kind: "draining", signal }));
const wasTold = await operator.run(shutdown.signal);
emit({ kind: "stopped" });
api.close();
await within(Promise.all([queues.close(), ops.close()]), 1_000);
Deno.exit(wasTold ? 0 : 1);
