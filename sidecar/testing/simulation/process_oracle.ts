import { isFinished, isOwnMessageId } from "@asya/protocol";
import type { Clock, Delivery, Outgoing, PublishOutcome } from "@asya/transport";
import type { QueuedReport } from "../../report.ts";
import type { Event } from "../../events.ts";
import type { Stored } from "./broker.ts";
import type { ClientWatch } from "./client_watch.ts";
import { CallsOracle } from "./calls_oracle.ts";
import { CaseFile, type Hold } from "./case_file.ts";
import { judgeAck } from "./judge_ack.ts";
import type { Facts } from "./judgement.ts";
import type { RuntimeKind } from "./host_parts.ts";
import type { Ledger } from "./ledger.ts";
import { tokenOf } from "./letter.ts";
import { PATIENCE_MS, type Rules } from "./rules.ts";
import type { Trace } from "./trace.ts";

/** What the oracle of a process is made of. */
export interface ProcessOracleParts {
  readonly name: string;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly trace: Trace;
  readonly breach: (text: string) => void;
  /** Is told of each call that was written in full. */
  readonly onCall: (token: string) => void;
}

/** How often a message may come back from a queue that could be made. */
const MAX_RETURNS = 6;

/** How long after its runtime went a sidecar may still be handed messages. */
const PAUSE_LIMIT_MS = 15_000;

/** Watches everything that one process of a sidecar does, and objects to what it must not do. */
export class ProcessOracle implements ClientWatch {
  readonly calls: CallsOracle;
  readonly #parts: ProcessOracleParts;
  readonly #files = new Map<string, CaseFile>();
  readonly #ended = new Set<string>();
  readonly #inactive = new Map<string, number>();
  #prefetch = 0;
  #consumingSinceMs = 0;
  #speaks: RuntimeKind["speaks"] = "session";
  #speaksSinceMs = 0;
  #awaySinceMs: number | undefined = 0;
  #linkSinceMs = Infinity;
  /** When the runtime last came back after it was away for longer than calls are kept. */
  #longAwayUntilMs = -1;
  #drainingSinceMs = Infinity;
  /** When a publish last failed, or was not confirmed in time. */
  #failedMs = -1;

  /** @param parts the process, and where breaches are told */
  constructor(parts: ProcessOracleParts) {
    const { clock, rules } = parts;
    this.#parts = parts;
    this.calls = new CallsOracle({
      isTerminal: rules.policy.isTerminal,
      timeoutMs: rules.policy.runtimeTimeoutMs,
      nowMs: () => clock.elapsed(),
      wallMs: () => clock.now(),
      fileOf: (token) => this.fileOf(token),
      inactiveSinceMs: (jobId) => this.#inactive.get(jobId),
      breach: (text) => this.#breach(text),
      note: (kind, token) => this.#note(kind, token),
      onCall: parts.onCall,
    });
  }

  /** What the process did and learnt about a letter. */
  fileOf(token: string): CaseFile {
    const known = this.#files.get(token);
    if (known) return known;
    const file = new CaseFile(token);
    this.#files.set(token, file);
    return file;
  }

  /** The gateway has named jobs that nobody waits for. */
  noteInactive(jobIds: readonly string[]): void {
    for (const jobId of jobIds) {
      if (!this.#inactive.has(jobId)) this.#inactive.set(jobId, this.#parts.clock.elapsed());
    }
  }

  /** A step is reported as completed only when it is. */
  checkReports(reports: readonly QueuedReport[]): void {
    for (const { jobId, json } of reports) {
      const isOver = this.#parts.ledger.of(jobId.slice("job-".length)).endings > 0;
      const isCompleted = json.includes('"status":"completed"');
      if (isCompleted) this.#parts.trace.count("reports a step as completed");
      if (isCompleted && jobId.startsWith("job-") && !isOver) {
        this.#breach(`${jobId} is reported as completed and is not`);
      }
    }
  }

  /** Takes what the process says of itself. */
  noteEvent(event: Event): void {
    const { clock, trace, name } = this.#parts;
    trace.say(name, kindOf(event));
    if (event.kind === "draining") this.#drainingSinceMs = clock.elapsed();
    if (event.kind === "drained") this.#noteOverdue();
    if (event.kind === "consuming") this.#consumingSinceMs = clock.elapsed();
    if (event.kind === "host_ready") this.#noteHost(event.speaks);
    if (event.kind === "host_away") this.#awaySinceMs ??= clock.elapsed();
    if (event.kind !== "transport") return;
    if (event.event.kind === "connected") this.#linkSinceMs = clock.elapsed();
    if (event.event.kind === "disconnected") this.#linkSinceMs = Infinity;
  }

  onPublish(outgoing: Outgoing): void {
    const { clock } = this.#parts;
    const file = this.fileOf(nameOf(outgoing));
    file.pending.push(outgoing);
    if (!file.since.has(outgoing)) file.since.set(outgoing, clock.elapsed());
  }

  onOutcome(outgoing: Outgoing, outcome: PublishOutcome): void {
    const { ledger, clock } = this.#parts;
    const token = nameOf(outgoing);
    const file = this.fileOf(token);
    const pending = CaseFile.take(file.pending, (other) => other === outgoing);
    this.#note(`publish is ${outcome}`, `${token} to ${outgoing.queue}`);
    if (outcome === "confirmed") file.confirms++;
    if (outcome === "confirmed" && pending) file.confirmed.push(outgoing);
    if (outcome === "unroutable") this.#noteUnroutable(file, outgoing);
    else file.unroutable.delete(outgoing);
    if (outcome !== "failed") return;
    ledger.of(token).excuses++;
    this.#failedMs = clock.elapsed();
  }

  /** The sidecar makes its own and the terminal queues where they are gone, and others if it may. */
  #noteUnroutable(file: CaseFile, outgoing: Outgoing): void {
    const { policy, options: { queueCreate } } = this.#parts.rules;
    file.unroutable.add(outgoing);
    const returns = (file.returns.get(outgoing) ?? 0) + 1;
    file.returns.set(outgoing, returns);
    const { queue, happyEnd, errorEnd, deadLetter } = policy;
    const isOwn = [queue, happyEnd, errorEnd, deadLetter].includes(outgoing.queue);
    const mayCreate = queueCreate === "all" || (queueCreate === "own" && isOwn);
    if (mayCreate && returns > MAX_RETURNS) this.#breach(`it does not create ${outgoing.queue}`);
  }

  onConsume(prefetch: number): void {
    const { options } = this.#parts.rules;
    this.#prefetch = prefetch;
    if (prefetch > options.prefetch) this.#breach(`it consumes with a prefetch of ${prefetch}`);
  }

  onHanded(stored: Stored, delivery: Delivery): void {
    const { clock } = this.#parts;
    const file = this.fileOf(tokenOf(delivery.body) ?? "nobody's");
    file.hold(stored, delivery, clock.elapsed(), clock.now());
    this.#note(delivery.redelivered ? "is handed it again" : "is handed", file.token);
    const held = [...this.#files.values()].flatMap(({ holds }) => holds)
      .filter(({ isLost }) => !isLost).length;
    if (held > this.#prefetch) this.#breach(`it holds ${held} of ${this.#prefetch}`);
    this.#checkMayTake(held);
  }

  onSettle(delivery: Delivery, isDone: boolean, isHeld: boolean): void {
    const { ledger } = this.#parts;
    const token = tokenOf(delivery.body) ?? "nobody's";
    const file = this.fileOf(token);
    const hold = CaseFile.take(file.holds, (other) => other.delivery === delivery);
    if (!hold) return this.#breach(`${token} is settled and was not held`);
    if (!isHeld) ledger.of(token).excuses++;
    if (isDone) this.#judge(hold, file);
    else this.#note("gives back", token);
  }

  onHoldLost(stored: Stored): void {
    for (const { holds } of this.#files.values()) {
      for (const hold of holds) if (hold.stored === stored) hold.isLost = true;
    }
  }

  /** The process has ended in order: nothing that it did may be left without a reason. */
  checkEnd(timers: number): void {
    if (timers > 0) this.#breach(`${timers} timers are left after its end`);
    for (const { token, holds, confirmed, unroutable, isCrowded } of this.#files.values()) {
      if (holds.length > 0) {
        this.#note("leaves a message to the broker", token);
        // Only a broker that does not take it can be the reason, or one that has no error-end, for
        // what is no message.
        const isUnreadable = holds.every(({ message }) => !message || isFinished(message.route));
        const isHomeless = isUnreadable && unroutable.size > 0;
        if (this.#failedMs < this.#drainingSinceMs && !isHomeless) {
          this.#breach(`${token} is left to the broker, and was not given back`);
        }
      } else if (confirmed.length > 0 && !isCrowded) {
        this.#breach(`${token} was published to ${confirmed[0]?.queue} for no reason`);
      }
    }
  }

  /** Wants a reason for an acknowledgement, and enters it into the books. */
  #judge(hold: Hold, file: CaseFile): void {
    const { token } = file;
    const { messageId } = hold.delivery;
    const account = this.#parts.ledger.of(token);
    const judgement = judgeAck(hold, file, this.#facts());
    if (judgement.kind === "fine") {
      const { why, isFinal, newCopies = 0 } = judgement;
      this.#note(why, token);
      if (!/^(dropped|absorbed$|consumed$)/.test(why)) file.acks++;
      if (isFinal) account.endings++;
      account.copies += newCopies;
    } else {
      file.acks++;
      // Of several copies, one may be taken for another; still, each takes a confirm.
      const isPossible = file.isCrowded && file.acks <= file.confirms;
      if (!isPossible) return this.#breach(`${token}: ${judgement.text}`);
      account.unclear++;
      this.#note("is acknowledged for one of several reasons", `${token}: ${judgement.text}`);
    }
    if (file.holds.length === 0) this.#checkNothingLeft(file);
    const isEnd = judgement.kind === "breach" || judgement.isFinal ||
      judgement.why === "absorbed until woken";
    if (isEnd && isOwnMessageId(messageId)) this.#ended.add(messageId);
  }

  /** What the process knows at this moment. */
  #facts(): Facts {
    const { clock, rules } = this.#parts;
    return {
      rules,
      isDraining: this.#drainingSinceMs < Infinity,
      nowMs: clock.elapsed(),
      wallMs: clock.now(),
      wasAwayFor: (held) => this.#wasAwayFor(held),
      hasEnded: (messageId) => messageId !== undefined && this.#ended.has(messageId),
      inactiveSinceMs: (jobId) => this.#inactive.get(jobId) ?? Infinity,
    };
  }

  /** With its last copy settled, all that was published for a letter has been accounted for. */
  #checkNothingLeft(file: CaseFile): void {
    const { token, pending, confirmed, isCrowded } = file;
    if (isCrowded) return file.clear();
    file.confirms = 0;
    file.acks = 0;
    if (pending.length > 0) this.#breach(`${token} was acknowledged before ${pending[0]?.queue}`);
    if (confirmed.length > 0) {
      this.#breach(`${token} went to ${confirmed[0]?.queue} once too often`);
    }
  }

  #checkMayTake(held: number): void {
    const now = this.#parts.clock.elapsed();
    const awayMs = now - Math.max(this.#awaySinceMs ?? now, Math.min(now, this.#linkSinceMs));
    if (awayMs > PAUSE_LIMIT_MS) this.#breach("it takes messages while the runtime is away");
    const sinceMs = Math.max(this.#speaksSinceMs, this.#consumingSinceMs);
    const isOld = this.#speaks === "one_exchange" && now - sinceMs > PAUSE_LIMIT_MS;
    if (isOld && held > 2) this.#breach(`it holds ${held} for a host of single exchanges`);
  }

  #noteHost(speaks: RuntimeKind["speaks"]): void {
    const now = this.#parts.clock.elapsed();
    if (speaks !== this.#speaks) this.#speaksSinceMs = now;
    this.#speaks = speaks;
    if (this.#awaySinceMs !== undefined && now - this.#awaySinceMs >= PATIENCE_MS) {
      this.#longAwayUntilMs = now;
    }
    this.#awaySinceMs = undefined;
    this.calls.judge(speaks);
  }

  #wasAwayFor(hold: Hold): boolean {
    const now = this.#parts.clock.elapsed();
    const isAway = this.#awaySinceMs !== undefined && now - this.#awaySinceMs >= PATIENCE_MS;
    return isAway || this.#longAwayUntilMs >= hold.atMs;
  }

  /** What is not confirmed at the end of the grace has not come in time. */
  #noteOverdue(): void {
    const isOverdue = [...this.#files.values()].some(({ pending }) => pending.length > 0);
    if (isOverdue) this.#failedMs = this.#parts.clock.elapsed();
  }

  #note(kind: string, token = ""): void {
    this.#parts.trace.say(this.#parts.name, kind, token);
  }

  #breach(text: string): void {
    this.#parts.breach(`${this.#parts.name}: ${text}`);
  }
}

function nameOf({ body }: Outgoing): string {
  return tokenOf(body) ?? "nobody's";
}

/** What an event is, and where it says more, in which way. */
function kindOf(event: Event): string {
  switch (event.kind) {
    case "transport":
      return `event: transport ${event.event.kind}`;
    case "resent":
    case "dropped":
      return `event: ${event.kind} ${event.why}`;
    case "failed":
      return `event: failed ${event.failure.code}`;
    case "processed":
      return `event: processed ${event.status}`;
    case "host_ready":
      return `event: host_ready ${event.speaks}`;
    case "chunks_awaited":
      return `event: chunks_awaited ${event.outcome}`;
    case "progress_dropped":
      return `event: progress_dropped ${event.why}`;
    default:
      return `event: ${event.kind}`;
  }
}
