import { printable } from "@asya/program";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { type JobEvent, progressOf, textOf } from "./job_event.ts";
import type { Screen } from "../screen.ts";
import {
  isWorthALine,
  type JobProgress,
  plainProgressLine,
  progressLine,
} from "../show/progress_line.ts";

/** Shows what happens to a job. */
export interface JobWatcher {
  take(event: JobEvent): void;
  /** Nothing more will happen, or nobody wants to see it. */
  end(): void;
}

/** How often the time that has passed is shown anew. */
const REDRAW_MS = 1_000;

/** Shows nothing. */
export function watchSilently(): JobWatcher {
  return { take() {}, end() {} };
}

/**
 * Shows each event as a line of JSON on standard output.
 *
 * @param screen the terminal, or what stands in its place
 */
export function watchAsJson(screen: Pick<Screen, "out">): JobWatcher {
  return {
    take: ({ kind, update }) => screen.out(JSON.stringify({ event: kind, ...update })),
    end() {},
  };
}

/**
 * Shows what happens to a person: on a terminal in a line that moves, else in lines.
 *
 * @param screen the terminal, or what stands in its place
 * @param isClose whether every event is wanted, chunks as they come
 * @param now the time, in milliseconds since 1970
 */
export function watchForPerson(
  screen: Screen,
  isClose: boolean,
  now: () => number = Date.now,
): JobWatcher {
  return screen.isLive ? new BarWatcher(screen, isClose, now) : new LineWatcher(screen, isClose);
}

class LineWatcher implements JobWatcher {
  readonly #screen: Screen;
  readonly #isClose: boolean;
  #before: JobProgress | undefined;

  constructor(screen: Screen, isClose: boolean) {
    this.#screen = screen;
    this.#isClose = isClose;
  }

  take(event: JobEvent): void {
    if (event.kind === "job") return;
    const progress = progressOf(event);
    if (event.kind === "partial" && this.#isClose) {
      for (const line of chunkLines(progress)) this.#screen.err(line);
    } else if (this.#isClose || isWorthALine(progress, this.#before)) {
      this.#screen.err(plainProgressLine(progress));
      this.#before = progress;
    }
  }

  end(): void {}
}

class BarWatcher implements JobWatcher {
  readonly #screen: Screen;
  readonly #isClose: boolean;
  #steps: readonly Json[] = [];
  readonly #clock: () => number;
  #startedMs: number;
  #now: JobProgress = { percent: 0, message: "waiting", step: "" };
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(screen: Screen, isClose: boolean, clock: () => number) {
    this.#screen = screen;
    this.#isClose = isClose;
    this.#clock = clock;
    this.#startedMs = clock();
  }

  take(event: JobEvent): void {
    if (event.kind === "job") return this.#begin(event.update);
    const progress = progressOf(event);
    if (event.kind === "partial" && this.#isClose) {
      for (const line of chunkLines(progress)) this.#screen.err(line);
    } else {
      if (this.#isClose) this.#screen.err(plainProgressLine(progress));
      this.#now = progress;
    }
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #begin(job: JsonObject): void {
    const route = isJsonObject(job.route) ? job.route : {};
    this.#steps = Array.isArray(route.steps) ? route.steps : [];
    const createdMs = Date.parse(textOf(job.created_at));
    if (!Number.isNaN(createdMs)) this.#startedMs = createdMs;
    // shows how the time passes while nothing happens
    this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS);
  }

  #draw(): void {
    const { columns, colourErr: colour } = this.#screen;
    const at = (this.#now.stepIndex ?? this.#steps.indexOf(this.#now.step)) + 1;
    const progress = {
      ...this.#now,
      ...(at > 0 && { place: { at, of: Math.max(at, this.#steps.length) } }),
      elapsedMs: this.#clock() - this.#startedMs,
    };
    this.#screen.live(progressLine(progress, { columns: columns(), colour }));
  }
}

/** A chunk as a person reads it: a text as it is, anything else as JSON. */
function chunkLines({ step, partial }: JobProgress): string[] {
  const text = typeof partial === "string" ? partial : JSON.stringify(partial);
  const start = step === "" ? "" : `${printable(step)} │ `;
  return text.split("\n").map((line) => start + printable(line));
}
