import {
  FrameDecoder,
  type InstanceExit,
  isHello,
  parseClientFrame,
  readBookkeeping,
} from "@asya/protocol";
import type { DeathReason } from "../../decision.ts";
import { type Answered, expectedOf } from "./answers.ts";
import type { Call, CaseFile, Hold } from "./case_file.ts";
import type { RuntimeKind } from "./host_parts.ts";
import { tokenOf } from "./letter.ts";
import type { PipeWatch } from "./pipe.ts";

/** What the oracle of calls needs to know of its process. */
export interface CallsOracleParts {
  readonly isTerminal: boolean;
  readonly timeoutMs: number;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  readonly fileOf: (token: string) => CaseFile;
  /** Elapsed milliseconds at which the process was told that nobody waits for a job. */
  readonly inactiveSinceMs: (jobId: string) => number | undefined;
  readonly breach: (text: string) => void;
  readonly note: (kind: string, token?: string) => void;
  /** Is told of each call that was written in full. */
  readonly onCall: (token: string) => void;
}

/**
 * Follows the calls that one process makes, byte by byte, and says by the rules of the wire which
 * of them are to blame when a runtime dies.
 */
export class CallsOracle {
  readonly #parts: CallsOracleParts;
  /** Of each connection: written in full and not answered. */
  readonly #open = new Map<PipeWatch, Call[]>();
  #lost: Call[] = [];
  #lostInstance = "";
  #exits: readonly InstanceExit[] = [];
  /** Whether the connection that ends does so for a frame over the cap. */
  #isOversized = false;

  /** @param parts the process */
  constructor(parts: CallsOracleParts) {
    this.#parts = parts;
  }

  /**
   * Follows a connection.
   *
   * @param instance the instance of the runtime that it leads to
   * @param speaks how that one speaks
   */
  follow(instance: string, speaks: RuntimeKind["speaks"]): PipeWatch {
    const decoder = new FrameDecoder();
    const watch: PipeWatch = {
      onWritten: (bytes, isHeldUp) => {
        for (const frame of decoder.push(bytes).frames) {
          if (isHello(frame)) continue;
          if (speaks === "session") this.#note(watch, frame, isHeldUp);
          else this.#begin(watch, 0, frame, isHeldUp);
        }
      },
      onEnded: () => this.#end(watch, instance),
    };
    this.#open.set(watch, []);
    return watch;
  }

  /** The process has read how earlier instances ended. */
  readExits(exits: readonly InstanceExit[]): void {
    this.#exits = exits;
  }

  /** The process has read the head of a frame that no host may send, which ends the connection. */
  readOversized(): void {
    this.#isOversized = true;
  }

  /** The process has read an answer. */
  readAnswer(number: number, token: string, answered: Answered): void {
    const { fileOf, note, nowMs, timeoutMs, isTerminal } = this.#parts;
    for (const calls of this.#open.values()) {
      const index = calls.findIndex((call) => call.call === number && call.token === token);
      const [call] = index < 0 ? [] : calls.splice(index, 1);
      if (!call) continue;
      const file = fileOf(token);
      const isLate = nowMs() - call.writtenMs >= timeoutMs;
      const expected = expectedOf(answered.expected, isTerminal);
      // What was told to stop fails in its own words, which count as its time being over.
      if (isLate && answered.expected.kind === "failure") file.mishaps.push("timeout");
      else file.answers.push({ ...answered, expected, atMs: nowMs() });
      if (isLate) note("an answer after the timeout", token);
      return;
    }
    note("an answer that nobody waits for", token);
  }

  /** A host is there: by now the process knows who is to blame for the last one's death. */
  judge(speaks: RuntimeKind["speaks"]): void {
    const { fileOf, note } = this.#parts;
    const lost = this.#lost.splice(0);
    if (lost.length === 0) return;
    const exits = speaks === "session" ? this.#exits : [];
    const exit = exits.findLast(({ instance }) => instance === this.#lostInstance);
    const reason: DeathReason = exit?.reason ?? "unknown";
    const named = exit?.culprits;
    if (named === undefined && lost.length > 1) {
      for (const { token } of lost) fileOf(token).isSuspect = true;
      return note(`a death in company by ${reason}`);
    }
    const culprits = named ? lost.filter(({ call }) => named.includes(call)) : lost;
    for (const { token } of culprits) {
      fileOf(token).deaths.push(reason);
      note(`a death by ${reason} ${named ? "of the named" : "alone"}`, token);
    }
    if (culprits.length < lost.length) note("a death in company of the culprit");
  }

  #note(watch: PipeWatch, frame: Uint8Array, isHeldUp: boolean): void {
    const { note, breach } = this.#parts;
    const parsed = parseClientFrame(frame);
    if (!parsed.ok) return breach(`a host is sent ${parsed.failure.message}`);
    if (parsed.frame.kind === "cancel") note("cancels a call");
    else this.#begin(watch, parsed.frame.call, frame, isHeldUp);
  }

  #begin(watch: PipeWatch, call: number, frame: Uint8Array, isHeldUp: boolean): void {
    const { fileOf, breach, note, nowMs, onCall } = this.#parts;
    const token = tokenOf(frame) ?? rawTokenOf(frame);
    const file = fileOf(token);
    note("calls", token);
    const calls = this.#open.get(watch) ?? [];
    const company = file.isSuspect ? calls.length > 0 : calls.some(({ isSuspect }) => isSuspect);
    const isSure = ![token, ...calls.map((other) => other.token)].some((one) =>
      fileOf(one).isCrowded
    );
    if (company && isSure) breach(`a suspect is called in company: ${token}`);
    if (file.isSuspect) note("calls a suspect", token);
    calls.push({ call, token, writtenMs: nowMs(), isSuspect: file.isSuspect });
    file.isSuspect = false;
    if (!isHeldUp) this.#checkMayBegin(file);
    onCall(token);
  }

  /** A handler is called for a message in hand, which is wanted still, and in its time. */
  #checkMayBegin({ token, holds }: CaseFile): void {
    const problems = holds.map((hold) => this.#problemOf(hold));
    // Of several copies, any may be the one that it is called for.
    if (problems.includes(undefined)) return;
    this.#parts.breach(`${token} is called ${problems[0] ?? "and not held"}`);
  }

  #problemOf({ delivery, message, wallMs: handedMs }: Hold): string | undefined {
    const { inactiveSinceMs, nowMs, wallMs, isTerminal } = this.#parts;
    if (delivery.redelivered) return "before it is counted";
    if (!message || isTerminal) return undefined;
    const sinceMs = inactiveSinceMs(message.jobId);
    if (sinceMs !== undefined && sinceMs < nowMs()) return "after its cancel";
    const { deadline, notBefore } = readBookkeeping(message.route);
    if (deadline !== undefined && Date.parse(deadline) <= wallMs()) return "after its deadline";
    return notBefore !== undefined && Date.parse(notBefore) > handedMs
      ? "before its time"
      : undefined;
  }

  #end(watch: PipeWatch, instance: string): void {
    const { nowMs, timeoutMs, fileOf, note } = this.#parts;
    const calls = this.#open.get(watch) ?? [];
    this.#open.delete(watch);
    const isOversized = this.#isOversized;
    this.#isOversized = false;
    const [only] = calls;
    if (!only) return;
    note(calls.length === 1 ? "loses a call" : "loses calls in company");
    this.#lostInstance = instance;
    // One that was alone may be to blame whatever any record says.
    const isLate = nowMs() - only.writtenMs >= timeoutMs;
    const mishap = isOversized ? "oversized" : isLate ? "timeout" : undefined;
    if (calls.length === 1 && mishap) fileOf(only.token).mishaps.push(mishap);
    else this.#lost.push(...calls);
  }
}

/** A terminal actor's body may be in base64. */
function rawTokenOf(frame: Uint8Array): string {
  const parsed = parseClientFrame(frame);
  if (!parsed.ok || parsed.frame.kind !== "raw_call") return "nobody's";
  return tokenOf(Uint8Array.fromBase64(parsed.frame.raw.body)) ?? "nobody's";
}
