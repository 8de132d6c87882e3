import { createLogger, loadSettings, onShutdown, type Shutdown, within } from "@asya/program";
import { absolutePath, checkStart } from "./check_start.ts";
import { BAD_HANDLER, type ChildConfig, type SocketPaths, socketPaths } from "./child_config.ts";
import { childArgs } from "./child_args.ts";
import { ChildProcess } from "./child_process.ts";
import { type Config, settings } from "./config.ts";
import type { Event } from "./event.ts";
import { type ChildEnd, recordEnd, recordUnseenEnd } from "./exit_record.ts";
import { ExitsFile } from "./exits_file.ts";
import { endOrphan } from "./orphan.ts";
import { ownProgram } from "./own_program.ts";
import { type ChildPlan, planChild } from "./plan_child.ts";
import { readLedger } from "./read_ledger.ts";
import { reportEvent } from "./report_event.ts";
import { RestartPolicy } from "./restart_policy.ts";

/** What a process that was told to end gets beyond the grace of its calls. */
const KILL_AFTER_MS = 2_000;

/**
 * Runs the supervisor: starts the handler's process, looks after it, says how it ended, and starts it
 * again, until it is told to end itself.
 *
 * @param args the program's arguments: permissions of the handler
 * @returns the exit code
 */
export async function runSupervisor(args: readonly string[]): Promise<number> {
  const config = loadSettings(
    "runtime",
    "Hosts a handler on a Unix socket. Arguments are the handler's permissions.",
    settings,
    (config) => checkStart(config, args),
  );
  const log = createLogger({
    program: "runtime",
    level: config.logLevel,
    format: config.logFormat,
  });
  const onEvent = (event: Event) => reportEvent(log, event);
  const paths = socketPaths(absolutePath(config.socketPath));
  using shutdown = onShutdown();
  const exits = ExitsFile.open(paths.exits);
  if (!exits) return refuse(`another runtime serves ${paths.socket}`);
  const program = { config, paths, shutdown, exits, onEvent };
  try {
    await tidyUp(program);
    return await keepRunning(program, await planChild(config, args, paths, onEvent));
  } finally {
    if (shutdown.signal.aborted) removeSocket(paths.socket);
    exits.close();
  }
}

/** What every part of the supervisor works with. */
interface Program {
  readonly config: Config;
  readonly paths: SocketPaths;
  readonly shutdown: Shutdown;
  readonly exits: ExitsFile;
  readonly onEvent: (event: Event) => void;
}

/** Ends what an earlier supervisor left running, and remembers how its last instance ended. */
async function tidyUp({ paths, exits, onEvent }: Program): Promise<void> {
  await endOrphan(paths.calls, (pid) => onEvent({ kind: "orphan_found", pid }));
  const ledger = readLedger(paths.calls);
  if (ledger && !exits.has(ledger.instance)) exits.add(recordUnseenEnd(ledger, Date.now()));
}

async function keepRunning(program: Program, plan: ChildPlan): Promise<number> {
  const { shutdown, exits, onEvent } = program;
  const policy = new RestartPolicy();
  for (let isFirst = true;; isFirst = false) {
    const instance = crypto.randomUUID();
    const beganMs = Date.now();
    const child = startChild(program, plan, instance);
    const end = await untilEnded(child, program);
    const exit = recordEnd(instance, end, Date.now());
    exits.add(exit);
    if (shutdown.signal.aborted) return 0;
    onEvent({ kind: "child_ended", pid: child.pid, exit });
    const { code, phase } = end.observed;
    if (phase === "starting" && (isFirst || code === BAD_HANDLER)) return code || 1;
    const life = { livedMs: Date.now() - beganMs, wasReady: phase !== "starting" };
    const delayMs = policy.delayMs(life, Math.random());
    onEvent({ kind: "child_restarting", delayMs });
    // Waits out the back-off, unless there is no need to start again.
    await within(shutdown.requested, delayMs);
    if (shutdown.signal.aborted) return 0;
  }
}

function startChild({ onEvent, paths }: Program, plan: ChildPlan, instance: string): ChildProcess {
  const config: ChildConfig = { ...plan.config, instance };
  const child = new ChildProcess({
    args: childArgs(ownProgram(), plan.flags, "host", config),
    env: plan.env,
    instance,
    ledgerPath: paths.calls,
    onVerdict: (why) => onEvent({ kind: "child_killed", pid: child.pid, why }),
  });
  const { heapMb } = plan;
  onEvent({ kind: "child_started", pid: child.pid, ...(heapMb !== undefined && { heapMb }) });
  return child;
}

/** Waits for the end of a process; once the program has to end, the process has to, too. */
async function untilEnded(child: ChildProcess, { shutdown, config }: Program): Promise<ChildEnd> {
  await Promise.race([child.ended, shutdown.requested]);
  if (shutdown.signal.aborted) {
    await child.askToEnd();
    const ended = await within(child.ended, config.graceMs + KILL_AFTER_MS);
    if (!ended.inTime) child.kill("shutdown");
  }
  return await child.ended;
}

function refuse(problem: string): number {
  console.error(`runtime cannot start; ${problem}`);
  return 1;
}

/** A process that had to be killed leaves its socket's file behind. */
function removeSocket(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
