import type { InstanceExit } from "@asya/protocol/session";

/** What is said of the call that an event is about. */
export interface AboutCall {
  readonly jobId: string;
  /** Where the call stands in its trace, where it has one. */
  readonly traceparent?: string;
}

/** Everything that an operator or an author may want to know of a runtime. */
export type Event =
  /** The handler's module, class or `init()` threw, which ends the host. */
  | { readonly kind: "load_failed"; readonly handler: string; readonly error: unknown }
  /** The handler is loaded and its socket is open. */
  | { readonly kind: "host_ready"; readonly instance: string; readonly socketPath: string }
  /** No more calls are taken; the reason is a signal's name, or that the supervisor is gone. */
  | { readonly kind: "host_draining"; readonly reason: string }
  /** A handler that cannot be stopped makes the host begin anew. */
  | { readonly kind: "host_recycling"; readonly instance: string }
  /** Something the handler left behind failed where nobody was waiting for it. */
  | { readonly kind: "error_unhandled"; readonly error: unknown }
  /** What the handler's class began did not end well. */
  | { readonly kind: "close_failed"; readonly error: unknown }
  /** A peer sent what cannot be read, and was disconnected. */
  | { readonly kind: "peer_refused"; readonly reason: string }
  /** A connection could not be accepted. */
  | { readonly kind: "accept_failed"; readonly error: unknown }
  | AboutCall & { readonly kind: "call_slow"; readonly runningMs: number }
  /** A call was answered while its handler still runs. */
  | AboutCall & { readonly kind: "call_abandoned"; readonly runningMs: number }
  /** OpenTelemetry is on, and its library cannot be loaded: no spans are made. */
  | { readonly kind: "tracing_unavailable"; readonly error: unknown }
  /** The process that runs the handler was started. */
  | { readonly kind: "child_started"; readonly pid: number; readonly heapMb?: number }
  /** It has ended by itself; `exit` is what sidecars will be told. */
  | { readonly kind: "child_ended"; readonly pid: number; readonly exit: InstanceExit }
  /** It has to be ended from outside. */
  | { readonly kind: "child_killed"; readonly pid: number; readonly why: string }
  /** It will be started again after this time. */
  | { readonly kind: "child_restarting"; readonly delayMs: number }
  /** A process without its supervisor held the socket. */
  | { readonly kind: "orphan_found"; readonly pid: number }
  /** Nobody could say how much memory there is. */
  | { readonly kind: "memory_limit_unknown"; readonly reason: string };
