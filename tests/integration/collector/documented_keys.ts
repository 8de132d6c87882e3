/**
 * What components of the OpenTelemetry Collector may be told: the keys that their documentation names
 * and that we use. `"any"` is a value or whatever another documentation describes; a list stands for
 * each of its entries.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib
 */
export type Keys = "any" | readonly [Keys] | { readonly [key: string]: Keys };

const server: Keys = { endpoint: "any" };

const sending: Keys = {
  endpoint: "any",
  headers: "any",
  timeout: "any",
  compression: "any",
  tls: { insecure: "any", ca_file: "any", cert_file: "any", key_file: "any" },
  sending_queue: { enabled: "any", num_consumers: "any", queue_size: "any" },
  retry_on_failure: {
    enabled: "any",
    initial_interval: "any",
    max_interval: "any",
    max_elapsed_time: "any",
  },
};

const policy: Keys = {
  name: "any",
  type: "any",
  status_code: { status_codes: "any" },
  latency: { threshold_ms: "any", upper_threshold_ms: "any" },
  probabilistic: { sampling_percentage: "any" },
  string_attribute: { key: "any", values: "any" },
};

/** By section of a configuration, and by type of component, which stands before the slash. */
export const DOCUMENTED: Readonly<Record<string, Readonly<Record<string, Keys>>>> = {
  receivers: {
    otlp: { protocols: { http: server, grpc: server } },
    prometheus: {
      config: {
        scrape_configs: [{
          job_name: "any",
          scrape_interval: "any",
          static_configs: [{ targets: "any", labels: "any" }],
          relabel_configs: [{ target_label: "any", replacement: "any" }],
        }],
      },
    },
  },
  processors: {
    memory_limiter: {
      check_interval: "any",
      limit_percentage: "any",
      spike_limit_percentage: "any",
    },
    resource_detection: { detectors: "any", timeout: "any", override: "any" },
    filter: { error_mode: "any", traces: { span: "any" } },
    transform: { error_mode: "any", trace_statements: "any" },
    batch: { timeout: "any", send_batch_size: "any", send_batch_max_size: "any" },
    tail_sampling: {
      decision_wait: "any",
      num_traces: "any",
      decision_cache: { sampled_cache_size: "any", non_sampled_cache_size: "any" },
      policies: [policy],
    },
    k8s_attributes: {
      extract: {
        metadata: "any",
        labels: [{ tag_name: "any", key: "any", from: "any" }],
        deployment_name_from_replicaset: "any",
      },
      pod_association: [{ sources: [{ from: "any", name: "any" }] }],
    },
  },
  exporters: {
    otlp_http: sending,
    otlp_grpc: sending,
    prometheusremotewrite: {
      endpoint: "any",
      headers: "any",
      tls: { insecure: "any" },
      resource_to_telemetry_conversion: { enabled: "any" },
      remote_write_queue: { enabled: "any", num_consumers: "any", queue_size: "any" },
    },
    loadbalancing: {
      routing_key: "any",
      protocol: { otlp: sending },
      resolver: { dns: { hostname: "any", port: "any", interval: "any", timeout: "any" } },
    },
  },
  extensions: { health_check: server },
};

/** What may stand under `service`, beside pipelines. */
export const SERVICE: Keys = {
  extensions: "any",
  pipelines: "any",
  telemetry: {
    logs: { level: "any", encoding: "any" },
    metrics: {
      level: "any",
      readers: [{ pull: { exporter: { prometheus: { host: "any", port: "any" } } } }],
    },
  },
};

/** Parts of a pipeline, each named like the section that defines them. */
export const PARTS = ["receivers", "processors", "exporters"] as const;
