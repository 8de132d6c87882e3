/**
 * Carries messages between a queue and the handler beside it: consume, admit, call, decide, apply.
 *
 * No handler runs here, and nothing of what a payload means may enter; brokers are known by their
 * contract only, and jobs are the gateway's.
 *
 * @module
 */
export { type Admission, admit, type Memory } from "./admit.ts";
export { decide } from "./decide.ts";
export type { CallEnd, Decision } from "./decision.ts";
export type { Emit, Event } from "./events.ts";
export type { HostConnection, HostPlace } from "./host.ts";
export { HostSocket } from "./host_socket.ts";
export type { Policy } from "./policy.ts";
export { createSidecar, type Sidecar, type SidecarParts } from "./sidecar.ts";
