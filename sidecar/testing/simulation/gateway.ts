import type { Clock } from "@asya/transport";
import type { PostResult, QueuedReport } from "../../report.ts";
import type { Dice } from "./dice.ts";
import type { Trace } from "./trace.ts";

/** A gateway that takes progress, now and then, and knows which jobs were cancelled. */
export class SimGateway {
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #trace: Trace;
  readonly #cancelled = new Set<string>();
  /** When each report came last. */
  readonly #reports = new Map<string, number>();
  mood: "well" | "away" | "refusing" = "well";

  /**
   * @param clock tells how long it takes
   * @param dice say how long that is
   * @param trace is told what it does
   */
  constructor(clock: Clock, dice: Dice, trace: Trace) {
    this.#clock = clock;
    this.#dice = dice;
    this.#trace = trace;
  }

  /** Ends a job that somebody waited for. */
  cancel(jobId: string): void {
    this.#cancelled.add(jobId);
  }

  /** The same words once more, about five seconds later, say that work goes on. */
  #noteReport(json: string): void {
    const nowMs = this.#clock.elapsed();
    const sinceMs = nowMs - (this.#reports.get(json) ?? nowMs);
    const isAgain = sinceMs > 4_900 && sinceMs < 5_100;
    if (isAgain && json.includes('"processing"')) this.#trace.count("reports that work goes on");
    this.#reports.set(json, nowMs);
  }

  /** Takes reports. */
  async post(reports: readonly QueuedReport[]): Promise<PostResult> {
    const isSilent = this.mood === "away" && this.#dice.chance("no answer", 0.3);
    const delayMs = isSilent ? 10_000 : this.#dice.mostlySmall("gateway", 1, 800);
    await new Promise<void>((resolve) => this.#clock.after(delayMs, resolve));
    if (this.mood === "away") return { kind: "unreachable", reason: "it is away" };
    if (this.mood === "refusing") return { kind: "refused", status: 401 };
    for (const { json } of reports) this.#noteReport(json);
    const jobs = [...new Set(reports.map(({ jobId }) => jobId))];
    const inactive = jobs.filter((jobId) => this.#cancelled.has(jobId));
    if (inactive.length > 0) this.#trace.say("gateway", "names inactive jobs", inactive.join(" "));
    return { kind: "accepted", inactive };
  }
}
