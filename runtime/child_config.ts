import type { HostOptions } from "./host.ts";
import type { LoggerOptions } from "@asya/program/log";
import type { Specifier } from "./specifier.ts";

/** Exit code for a handler that does not fit: trying again does not help. */
export const BAD_HANDLER = 2;

/** What a supervisor tells the process that runs the handler, in one argument. */
export interface ChildConfig {
  readonly host: HostOptions;
  readonly specifier: Specifier;
  /** What to import: a `file:`, `jsr:`, `npm:` or `https:` URL. */
  readonly moduleUrl: string;
  /** Identity of the process on the wire. */
  readonly instance: string;
  readonly paths: SocketPaths;
  /** Mode of the socket's file; without one it stays as the system makes it. */
  readonly socketMode?: number;
  /** Milliseconds that calls in hand get when the process is told to end. */
  readonly graceMs: number;
  /** Milliseconds after which a call is reported as slow; 0: never. */
  readonly slowAfterMs: number;
  readonly logLevel: LoggerOptions["level"];
  readonly logFormat?: LoggerOptions["format"];
}

/** The socket, and the files beside it. */
export interface SocketPaths {
  readonly socket: string;
  /** The ledger: which calls are in the handler. */
  readonly calls: string;
  /** How earlier instances ended. */
  readonly exits: string;
}

/**
 * The socket and the files beside it.
 *
 * @param socket absolute path of the socket
 * @example
 * ```ts
 * import { socketPaths } from "./child_config.ts";
 * import assert from "node:assert/strict";
 * assert.equal(socketPaths("/run/app.sock").exits, "/run/app.sock.exits");
 * ```
 */
export function socketPaths(socket: string): SocketPaths {
  return { socket, calls: `${socket}.calls`, exits: `${socket}.exits` };
}
