/** How a process ended. */
export interface ProcessExit {
  /** Exit code; 128 and the signal's number where a signal ended it. */
  readonly code: number;
  /** The signal's name, where one ended it. */
  readonly signal: string | null;
}

/** What happens in a mesh that its user may want to know. */
export type MeshEvent =
  /** A process was started. */
  | { readonly kind: "started"; readonly process: string; readonly pid: number }
  /** A process answers that it can work. */
  | { readonly kind: "ready"; readonly process: string; readonly afterMs: number }
  /** A process ended because it was asked to. */
  | { readonly kind: "stopped"; readonly process: string; readonly exit: ProcessExit }
  /** A process ended by itself, and is started again. */
  | {
    readonly kind: "died";
    readonly process: string;
    readonly exit: ProcessExit;
    readonly restartInMs: number;
  }
  /** A process did not end when it was asked to, and is ended. */
  | { readonly kind: "killed"; readonly process: string; readonly afterMs: number };

/** A log line in constant words, and what varies. */
export interface MeshLine {
  readonly level: "DEBUG" | "INFO" | "WARN";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Writes an event as a log line.
 *
 * @param event what happened
 * @example
 * ```ts
 * import { describeEvent } from "./event.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(describeEvent({ kind: "started", process: "gateway", pid: 7 }), {
 *   level: "DEBUG", message: "process started", fields: { of: "gateway", pid: 7 },
 * });
 * ```
 */
export function describeEvent(event: MeshEvent): MeshLine {
  const { process: of } = event;
  switch (event.kind) {
    case "started":
      return { level: "DEBUG", message: "process started", fields: { of, pid: event.pid } };
    case "ready":
      return { level: "DEBUG", message: "process is ready", fields: { of, ms: event.afterMs } };
    case "stopped":
      return { level: "DEBUG", message: "process stopped", fields: { of, ...event.exit } };
    case "died":
      return {
        level: "WARN",
        message: "process died and is started again",
        fields: { of, ...event.exit, restartInMs: event.restartInMs },
      };
    case "killed":
      return {
        level: "WARN",
        message: "process did not stop and is killed",
        fields: { of, ms: event.afterMs },
      };
  }
}
