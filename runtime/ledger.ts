/** What the process that runs the handler is doing. */
export const HOST_PHASES = ["starting", "running", "draining", "recycling", "closed"] as const;

/** One of {@linkcode HOST_PHASES}. `closed` is the mark of a clean exit. */
export type HostPhase = (typeof HOST_PHASES)[number];

/**
 * How far a call is: inside the handler's synchronous part, awaited, or answered by the host while
 * the handler still runs.
 */
export type CallStage = "entered" | "awaited" | "abandoned";

/** A call that is in the handler. */
export interface LedgerCall {
  /** Number of the session it came from; 0 for an exchange without one. */
  readonly session: number;
  /** Its number within the session. */
  readonly call: number;
  readonly stage: CallStage;
  /** Milliseconds since the epoch at which its time is over. */
  readonly deadlineMs: number;
}

/** What a supervisor knows of the process that runs the handler, from outside. */
export interface Ledger {
  readonly pid: number;
  /** Identity of the process on the wire. */
  readonly instance: string;
  readonly phase: HostPhase;
  /** Milliseconds since the epoch at which its event loop last turned, as far as is known. */
  readonly aliveMs: number;
  /** Milliseconds since the epoch at which it means to be gone; 0 while it means to stay. */
  readonly exitByMs: number;
  /** Number of the only open session; 0 when there is none, or more than one. */
  readonly onlySession: number;
  readonly calls: readonly LedgerCall[];
}

/** What the head of a ledger says; the calls follow it. */
export type LedgerHead = Omit<Ledger, "calls">;

/** Bytes of the head. */
export const LEDGER_HEAD_BYTES = 96;

/** Bytes of one slot, which holds one call. */
export const LEDGER_SLOT_BYTES = 32;

const MAGIC = 0x41535941; // "ASYA"
const STAGES: readonly (CallStage | undefined)[] = [undefined, "entered", "awaited", "abandoned"];
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Lays out the head: magic, pid, phase, only session, alive, exit by, instance.
 *
 * @param head what to say
 * @returns {@linkcode LEDGER_HEAD_BYTES} bytes
 */
export function encodeLedgerHead(head: LedgerHead): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LEDGER_HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, head.pid);
  view.setUint32(8, HOST_PHASES.indexOf(head.phase));
  view.setUint32(12, head.onlySession);
  view.setFloat64(16, head.aliveMs);
  view.setFloat64(24, head.exitByMs);
  encoder.encodeInto(head.instance, bytes.subarray(32));
  return bytes;
}

/**
 * Lays out one slot over the given bytes.
 *
 * @param view where to write, {@linkcode LEDGER_SLOT_BYTES} long
 * @param call the call, or `undefined` for an empty slot
 * @param nowMs milliseconds since the epoch: a slot that changes is a sign of life too
 */
export function encodeLedgerSlot(
  view: DataView,
  call: LedgerCall | undefined,
  nowMs: number,
): void {
  view.setUint32(0, call ? STAGES.indexOf(call.stage) : 0);
  view.setUint32(4, call?.session ?? 0);
  view.setFloat64(8, call?.call ?? 0);
  view.setFloat64(16, call?.deadlineMs ?? 0);
  view.setFloat64(24, nowMs);
}

/**
 * Reads a ledger as its file has it.
 *
 * @param bytes the whole file
 * @returns the ledger, or `undefined` when the bytes are none
 * @example
 * ```ts
 * import { encodeLedgerHead, parseLedger } from "./ledger.ts";
 * import assert from "node:assert/strict";
 * const head = {
 *   pid: 7, instance: "i1", phase: "running", aliveMs: 5, exitByMs: 0, onlySession: 1,
 * } as const;
 * assert.deepEqual(parseLedger(encodeLedgerHead(head)), { ...head, calls: [] });
 * ```
 */
export function parseLedger(bytes: Uint8Array): Ledger | undefined {
  if (bytes.length < LEDGER_HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const phase = HOST_PHASES[view.getUint32(8)];
  if (view.getUint32(0) !== MAGIC || phase === undefined) return undefined;
  const calls: LedgerCall[] = [];
  let aliveMs = view.getFloat64(16);
  for (
    let at = LEDGER_HEAD_BYTES;
    at + LEDGER_SLOT_BYTES <= bytes.length;
    at += LEDGER_SLOT_BYTES
  ) {
    aliveMs = Math.max(aliveMs, view.getFloat64(at + 24));
    const stage = STAGES[view.getUint32(at)];
    if (stage === undefined) continue;
    calls.push({
      session: view.getUint32(at + 4),
      call: view.getFloat64(at + 8),
      stage,
      deadlineMs: view.getFloat64(at + 16),
    });
  }
  const instance = decoder.decode(bytes.subarray(32, LEDGER_HEAD_BYTES)).replace(/\0+$/, "");
  return {
    pid: view.getUint32(4),
    instance,
    phase,
    aliveMs,
    exitByMs: view.getFloat64(24),
    onlySession: view.getUint32(12),
    calls,
  };
}
