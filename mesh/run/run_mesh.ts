import { jsonLogLine, type LogLevel, logLevels } from "@asya/program";
import {
  describeEvent,
  describeNews,
  type MeshEvent,
  type MeshNews,
  type ProcessExit,
  sayNews,
} from "./event.ts";
import { explainFailure } from "./explain_failure.ts";
import { formatLogLine, type LogStyle } from "./log_stream.ts";
import { openLogFiles } from "../logs/log_files.ts";
import { noteGateway } from "./gateway_note.ts";
import { type Lock, lockUnits } from "./lock.ts";
import { type Prepared, prepareMesh, type PrepareOptions } from "./prepare.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import type { Screen } from "../screen.ts";
import type { EndSignals } from "./signals.ts";
import { type RunningMesh, type StartFailure, startMesh } from "./start.ts";
import { TargetFiles } from "./target_files.ts";
import { watchBroker } from "./watch_broker.ts";

/** A mesh that can work. */
export type ReadyMesh = Extract<Prepared, { ok: true }> & {
  readonly tookMs: number;
  readonly running: RunningMesh;
  /** What marks its parts as running. */
  readonly lock: Lock;
  /** The files by which a Prometheus finds its metrics. */
  readonly targets: TargetFiles;
  /** Tells its user. */
  readonly onNews: (news: MeshNews) => void;
};

/** How a mesh is run. */
export interface RunOptions extends PrepareOptions {
  readonly screen: Screen;
  readonly signals: EndSignals;
  /** Where the log goes. */
  readonly log: (line: string) => void;
  readonly format: LogStyle["format"];
  readonly colour: boolean;
  /** Whether an actor that cannot begin is left as it is, instead of ending the start. */
  readonly keepsBroken?: boolean;
  /** Is told what happens, beside the log. */
  readonly onEvent?: (event: MeshEvent) => void;
}

/** Exit codes of a command. */
export const EXIT = { ok: 0, failed: 1, wrongInput: 2, interrupted: 130 } as const;

/**
 * Starts a mesh, does something with it, and stops it, whatever happens.
 *
 * @param options which mesh, and how it is run
 * @param work what to do once it is ready; gets a signal that ends with the user's patience
 * @returns the exit code
 */
export async function withMesh(
  options: RunOptions,
  work: (mesh: ReadyMesh, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { screen, signals } = options;
  const prepared = await prepareMesh(options);
  if (!prepared.ok) {
    screen.err(prepared.problem);
    return EXIT.wrongInput;
  }
  const { plan, state, port, broker, notices } = prepared;
  for (const notice of notices) screen.err(notice);
  using _claim = port !== undefined && "port" in port ? port : undefined;
  const units = [...new Set(plan.processes.map(({ unit }) => unit))];
  const locked = await lockUnits(`${state}/run`, units);
  if (!locked.ok) {
    const hint = locked.unit === "gateway" ? "; asya call and asya tools ask that one" : "";
    screen.err(`${locked.unit} of this mesh runs already, in process ${locked.pid}${hint}`);
    return EXIT.failed;
  }
  using lock = locked.lock;
  if (port !== undefined && "problem" in port) {
    screen.err(port.problem);
    return EXIT.failed;
  }
  await using _note = port && await noteGateway(state, plan.gatewayUrl);
  const style = { ...options, processes: ["mesh", ...plan.processes.map(({ name }) => name)] };
  using files = openLogFiles(`${state}/logs`, (error) => {
    screen.err(`the log is not kept in ${state}/logs: ${error.message}`);
  });
  const onLine = (process: string, line: string) => {
    const now = new Date();
    // Several may run on one folder, each with parts that no other one has.
    const name = process === "mesh" ? `mesh@${units[0]}` : process;
    files.write(name, formatLogLine(process, line, { ...style, format: "json" }, now));
    options.log(formatLogLine(process, line, style, now));
  };
  const onNews = (news: MeshNews) => {
    // What its user has ended is no news.
    if (!signals.first.aborted) tellNews(news, options, onLine);
  };
  await using watch = broker && await watchBroker(broker.config, onNews);
  if (watch && !await watch.ready(signals.first)) return EXIT.interrupted;
  // Goes after the last process has ended, and before another may start its parts.
  await using targets = new TargetFiles(`${state}/metrics`);
  await targets.put(prepared);
  const running = await startMesh(plan, {
    deno: Deno.execPath(),
    onLine,
    onEvent: (event) => {
      logEvent(event, options, onLine);
      if (event.kind === "held") onNews(explainHeld(event, prepared));
      options.onEvent?.(event);
    },
    onNews,
    ...(options.keepsBroken && { holds: isBroken }),
  });
  onAbort(signals.second, () => running.kill());
  onAbort(signals.first, () => {
    screen.err("stopping; once more to stop at once");
    void running.stop();
  });
  try {
    const outcome = await running.settled;
    if (outcome.kind === "failed") {
      for (const failure of outcome.failures) screen.err(describeFailure(failure, style));
      return EXIT.failed;
    }
    if (outcome.kind === "stopped") return EXIT.interrupted;
    return await work(
      { ...prepared, running, lock, targets, onNews, tookMs: outcome.tookMs },
      signals.first,
    );
  } finally {
    await running.stop();
  }
}

/** A runtime ends by itself only where its handler cannot begin; one that is killed begins again. */
function isBroken({ program }: ProcessPlan, { signal }: ProcessExit): boolean {
  return program === "runtime" && signal === null;
}

function explainHeld(
  { process, lastLines }: Extract<MeshEvent, { kind: "held" }>,
  { folder, plan }: Extract<Prepared, { ok: true }>,
): MeshNews {
  const unit = plan.processes.find(({ name }) => name === process)?.unit ?? process;
  return { kind: "broken", unit, ...explainFailure(lastLines, folder) };
}

/** Also hears what came before. */
function onAbort(signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
}

/** Bold red, and yellow: what a person must not overlook. */
const COLOURS: Readonly<Partial<Record<LogLevel, string>>> = { ERROR: "1;31", WARN: "33" };

/** News is for a person who waits, or for whoever reads the log's JSON in a person's place. */
function tellNews(
  news: MeshNews,
  options: RunOptions,
  onLine: (process: string, line: string) => void,
): void {
  if (options.format !== "json") {
    const { screen } = options;
    const text = sayNews(news);
    const colour = screen.colourErr ? COLOURS[describeNews(news).level] : undefined;
    // The first line has the news; what follows it is quoted.
    return screen.err(colour ? text.replace(/[^\n]+/, `\x1b[${colour}m$&\x1b[0m`) : text);
  }
  const { level, message, fields } = describeNews(news);
  onLine("mesh", jsonLogLine({ time: new Date(), level, program: "mesh", message, fields }));
}

function logEvent(
  event: MeshEvent,
  options: RunOptions,
  onLine: (process: string, line: string) => void,
): void {
  const { level, message, fields } = describeEvent(event);
  if (logLevels.indexOf(level) < logLevels.indexOf(options.logLevel)) return;
  onLine("mesh", jsonLogLine({ time: new Date(), level, program: "mesh", message, fields }));
}

function describeFailure(failure: StartFailure, style: LogStyle): string {
  const { process, reason, lastLines } = failure;
  const lines = lastLines.map((line) => formatLogLine(process, line, style));
  return [`${process} did not come up: ${reason}`, ...lines].join("\n");
}
