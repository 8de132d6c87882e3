/**
 * What tests that cross components stand on: processes with their own permissions, scripted peers
 * for what a real one will not do, and the invariants of delivery.
 *
 * Nothing of a component's behaviour may enter: a test reads what a user, a peer or an operator
 * could read.
 *
 * @module
 */
export * from "./amqp_frames.ts";
export * from "./amqp_proxy.ts";
export * from "./answers_ok.ts";
export * from "./browser.ts";
export * from "./exchange.ts";
export * from "./free_port.ts";
export * from "./gateway_client.ts";
export * from "./go_reply.ts";
export * from "./helm.ts";
export * from "./hosted_handler.ts";
export * from "./invariants.ts";
export * from "./jsr.ts";
export * from "./look_at_process.ts";
export * from "./otlp.ts";
export * from "./parse_metrics.ts";
export * from "./permission_audit.ts";
export * from "./poll.ts";
export * from "./postgres.ts";
export * from "./prometheus.ts";
export * from "./python.ts";
export * from "./queues.ts";
export * from "./rabbitmq.ts";
export * from "./random.ts";
export * from "./raw_http.ts";
export * from "./running_process.ts";
export * from "./s3.ts";
export * from "./scripted_host.ts";
export * from "./scripted_step.ts";
export * from "./session_peer.ts";
export * from "./shellcheck.ts";
export * from "./shown_secrets.ts";
export * from "./start_program.ts";
export * from "./start_runtime.ts";
export * from "./tcp_proxy.ts";
export * from "./temp_folder.ts";
export * from "./test_mesh.ts";
export * from "./token_issuer.ts";
