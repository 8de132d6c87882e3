import { formatDuration } from "@asya/program";
import { type Finding, finding, ok } from "./finding.ts";

/** What is known of the machine. */
export interface MachineFacts {
  /** Deno's version, such as `2.9.6`. */
  readonly denoVersion: string;
  /** The folder that state is kept in. */
  readonly stateFolder: string;
  /** Bytes that can still be written there, where the system says. */
  readonly freeBytes?: number;
  /** Files that a process may have open, where the system says. */
  readonly maxFiles?: number;
  /** The gateway's port where the mesh asks for one and does not run, and whether it is free. */
  readonly port?: { readonly number: number; readonly isFree: boolean };
}

/** The Deno that is tested, and the first that is not. */
const DENO = { from: [2, 9], before: 3 } as const;

const LEAST_FREE_BYTES = 256 * 1024 * 1024;

/** A process of a mesh has its connections, its sockets and its files open: some dozens. */
const LEAST_FILES = 1_024;

const LONGEST_SKEW_MS = 30_000;

/**
 * Judges the machine that a mesh runs on.
 *
 * @param facts what is known of it
 */
export function judgeMachine(facts: MachineFacts): Finding[] {
  return [
    judgeDeno(facts.denoVersion),
    ...judgeDisk(facts),
    ...judgeFiles(facts.maxFiles),
    ...judgePort(facts.port),
  ];
}

function judgeDeno(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [fromMajor, fromMinor] = DENO.from;
  if (major < DENO.before && (major > fromMajor || minor >= fromMinor)) {
    return ok("deno", version);
  }
  return finding(
    "deno",
    "warning",
    `Deno is ${version}`,
    `${DENO.from.join(".")} up to ${DENO.before}.0 is tested`,
    "deno upgrade 2.9.6",
  );
}

function judgeDisk({ freeBytes, stateFolder }: MachineFacts): Finding[] {
  if (freeBytes === undefined) return [];
  const free = `${Math.round(freeBytes / 1024 / 1024)} MiB are free in ${stateFolder}`;
  if (freeBytes >= LEAST_FREE_BYTES) return [ok("disk", free)];
  return [finding(
    "disk",
    "warning",
    free,
    "queues, jobs and results cannot be written when none is left",
    `make room, or remove ${stateFolder} if nothing in it is needed`,
  )];
}

function judgeFiles(maxFiles: number | undefined): Finding[] {
  if (maxFiles === undefined || maxFiles >= LEAST_FILES) return [];
  return [finding(
    "open files",
    "warning",
    `a process may have ${maxFiles} files open`,
    "a gateway with many streams, or a sidecar with many calls, needs more",
    `ulimit -n ${LEAST_FILES}`,
  )];
}

function judgePort(port: MachineFacts["port"]): Finding[] {
  if (port === undefined) return [];
  if (port.isFree) return [ok("port", `${port.number} is free for the gateway`)];
  return [finding(
    "port",
    "broken",
    `another process listens on ${port.number}`,
    "the gateway cannot start",
    "end that process, or choose another ports.gateway in mesh.yaml, or none",
  )];
}

/**
 * Judges the clock by that of another machine.
 *
 * @param skewMs milliseconds by which this one is behind, or, less than 0, before; not known where not set
 */
export function judgeClock(skewMs: number | undefined): Finding[] {
  if (skewMs === undefined || Math.abs(skewMs) < LONGEST_SKEW_MS) return [];
  return [finding(
    "clock",
    "warning",
    `this machine's clock is ${formatDuration(Math.abs(skewMs))} ${
      skewMs > 0 ? "behind" : "before"
    } the gateway's`,
    "deadlines and delays are times of day: jobs end too early or too late",
    "set the clock of both by the same server (timedatectl set-ntp true)",
  )];
}
