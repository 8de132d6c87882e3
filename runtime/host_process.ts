import { createLogger, type Logger } from "@asya/program/log";
import { traceFields } from "@asya/program/trace";
import { openTracing } from "@asya/program/tracing";
import { onShutdown } from "@asya/program/shutdown";
import { within } from "@asya/program/within";
import { Calls, type Clock, STOP_GRACE_MS } from "./calls.ts";
import { BAD_HANDLER, type ChildConfig } from "./child_config.ts";
import type { Event } from "./event.ts";
import { parseExits } from "./exits.ts";
import type { Host, Sessions } from "./host.ts";
import type { HandlerLog } from "./handler.ts";
import { LedgerFile } from "./ledger_file.ts";
import { listenOn } from "./listen.ts";
import { type LoadedHandler, type PickedHandler, pickHandler } from "./pick_handler.ts";
import { reportEvent } from "./report_event.ts";
import { Server } from "./server.ts";
import type { Specifier } from "./specifier.ts";
import { CallTracer } from "./trace_call.ts";

/** What ends a host: its supervisor or a signal wants it, or a handler cannot be stopped. */
interface Ending {
  readonly phase: "draining" | "recycling";
  readonly reason: string;
}

/** The time of day as it goes on from the start, so that who sets the clock ends no call. */
const clock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  at: (timeMs, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(0, timeMs - clock.now()), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/**
 * Runs the process of a handler: loads it, opens the socket, serves, and drains.
 *
 * @param config what the supervisor says
 * @returns the exit code
 */
export async function runHost(config: ChildConfig): Promise<number> {
  const { instance, paths } = config;
  const log = createLogger({
    program: "runtime",
    level: config.logLevel,
    format: config.logFormat,
  });
  const onEvent = (event: Event) => reportEvent(log, event);
  const { promise: ending, resolve: end } = Promise.withResolvers<Ending>();
  surviveStrayErrors(onEvent);
  const ledger = LedgerFile.open(paths.calls, {
    pid: Deno.pid,
    instance,
    phase: "starting",
    aliveMs: 0,
    exitByMs: 0,
    onlySession: 0,
  }, config.host.concurrency);
  if (!ledger) return refuse(`another process holds ${paths.calls}`);
  let picked: PickedHandler;
  try {
    picked = await load(config);
  } catch (error) {
    onEvent({ kind: "load_failed", handler: config.specifier.text, error });
    return 1; // another time it may go well: what it needs may be there then
  }
  if (!picked.ok) return refuse(picked.problem);
  const calls = new Calls({
    concurrency: config.host.concurrency,
    slowAfterMs: config.slowAfterMs,
    ledger,
    clock,
    onEvent,
    onRecycle: () => end({ phase: "recycling", reason: "a handler cannot be stopped" }),
  });
  const host: Host = {
    options: {
      ...config.host,
      isTerminal: config.host.isTerminal || picked.handler.traits.terminal,
    },
    handler: picked.handler,
    calls,
    instance,
    exits: parseExits(await readIfThere(paths.exits)),
    now: clock.now,
    elapsed: () => performance.now(),
    after: (delayMs, wake) => clock.at(clock.now() + delayMs, wake),
    createLog: (jobId, traceparent) => logOf(log, jobId, traceparent),
    tracer: await openTracer(config.specifier, onEvent),
    onEvent,
    sessions: countSessions((onlySession) => ledger.update({ onlySession })),
  };
  const server = new Server(await listenOn(paths.socket, config.socketMode), host);
  const serving = server.serve();
  endWhenTold(end);
  ledger.update({ phase: "running" });
  onEvent({ kind: "host_ready", instance, socketPath: paths.socket });

  const { phase, reason } = await ending;
  const isDraining = phase === "draining";
  if (isDraining) onEvent({ kind: "host_draining", reason });
  else onEvent({ kind: "host_recycling", instance });
  const leftMs = isDraining
    ? config.graceMs
    : Math.max(0, calls.latestDeadlineMs - clock.now()) + STOP_GRACE_MS;
  ledger.update({ phase, exitByMs: Date.now() + leftMs });
  calls.close();
  server.stopAccepting();
  await serving;
  await within(calls.idle(), leftMs);
  await within(server.close(), STOP_GRACE_MS);
  await within(closeHandler(picked.handler, onEvent), STOP_GRACE_MS);
  if (isDraining) ledger.update({ phase: "closed" });
  ledger.close();
  return 0;
}

/**
 * Loads the handler as {@linkcode runHost} does, and ends it again: no socket, no calls.
 *
 * @param config what the supervisor says
 * @returns the exit code
 */
export async function loadOnly(config: ChildConfig): Promise<number> {
  const log = createLogger({
    program: "runtime",
    level: config.logLevel,
    format: config.logFormat,
  });
  const onEvent = (event: Event) => reportEvent(log, event);
  try {
    const picked = await load(config);
    if (!picked.ok) return refuse(picked.problem);
    await within(closeHandler(picked.handler, onEvent), STOP_GRACE_MS);
    return 0;
  } catch (error) {
    onEvent({ kind: "load_failed", handler: config.specifier.text, error });
    return 1;
  }
}

/** Imports the handler's module and makes it ready; passes on what the handler throws. */
async function load({ moduleUrl, specifier, host }: ChildConfig): Promise<PickedHandler> {
  const picked = await pickHandler(await import(moduleUrl), specifier);
  if (!picked.ok || host.replyFormat === "object") return picked;
  const { answers } = picked.handler.traits;
  if (answers.length === 0) return picked;
  const problem = `the handler ${specifier.text} answers ${answers.join(", ")}, which replies in ` +
    "list form cannot carry; allowed with it: ASYA_REPLY_FORMAT=object";
  return { ok: false, problem };
}

function refuse(problem: string): number {
  console.error(`runtime cannot start; ${problem}`);
  return BAD_HANDLER;
}

/** A promise that a handler forgot must not take the other calls along. */
function surviveStrayErrors(onEvent: (event: Event) => void): void {
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onEvent({ kind: "error_unhandled", error: event.reason });
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    onEvent({ kind: "error_unhandled", error: event.error });
  });
}

/** Ends the host at a signal, or when the pipe from the supervisor closes: it wants it, or died. */
function endWhenTold(end: (ending: Ending) => void): void {
  onShutdown().requested.then((reason) => end({ phase: "draining", reason }));
  const untilClosed = async () => {
    const reader = Deno.stdin.readable.getReader();
    while (!(await reader.read()).done);
  };
  untilClosed().finally(() => end({ phase: "draining", reason: "the supervisor's pipe closed" }));
}

/** Numbers sessions; a number is only good for blame while its session is the only one. */
function countSessions(onOnly: (session: number) => void): Sessions {
  const open = new Set<number>();
  let last = 0;
  const tell = () => onOnly(open.size === 1 ? [...open][0] ?? 0 : 0);
  return {
    open: () => {
      open.add(++last);
      tell();
      return last;
    },
    close: (session) => {
      open.delete(session);
      tell();
    },
  };
}

/** Without OpenTelemetry's library calls are made all the same. */
async function openTracer(
  specifier: Specifier,
  onEvent: (event: Event) => void,
): Promise<CallTracer | undefined> {
  try {
    const tracing = await openTracing("asya-runtime");
    return tracing && new CallTracer(tracing, specifier);
  } catch (error) {
    onEvent({ kind: "tracing_unavailable", error });
    return undefined;
  }
}

/** A call's log: its lines carry the job's id, and the call's place in its trace. */
function logOf(log: Logger, jobId: string, traceparent: string | undefined): HandlerLog {
  const about = { job_id: jobId, ...traceFields(traceparent) };
  const at = (level: keyof Logger): HandlerLog["info"] => (message, fields) =>
    log[level](message, { ...fields, ...about });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

async function closeHandler(
  handler: LoadedHandler,
  onEvent: (event: Event) => void,
): Promise<void> {
  try {
    await handler.close?.();
  } catch (error) {
    onEvent({ kind: "close_failed", error });
  }
}

async function readIfThere(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}
