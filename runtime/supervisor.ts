import type { InstanceExit } from "@asya/protocol/session";
import { createLogger, loadSettings, onShutdown, type Shutdown, within } from "@asya/program";
import { BAD_HANDLER, type ChildConfig, type SocketPaths, socketPaths } from "./child_config.ts";
import { childFlags } from "./child_flags.ts";
import { type ChildEnd, ChildProcess } from "./child_process.ts";
import { classifyExit } from "./classify_exit.ts";
import { type Config, settings } from "./config.ts";
import { readContainerMemory } from "./container_memory.ts";
import type { Event } from "./event.ts";
import { ExitsFile } from "./exits_file.ts";
import { findModule, type FoundModule } from "./find_module.ts";
import { checkHandlerFlags, grantsEnv } from "./handler_flags.ts";
import { heapLimitMb } from "./heap_limit.ts";
import { blame } from "./judge.ts";
import { endOrphan } from "./orphan.ts";
import { folderOf } from "./project.ts";
import { placeInProject } from "./place_in_project.ts";
import { readLedger } from "./read_ledger.ts";
import { reportEvent } from "./report_event.ts";
import { RestartPolicy } from "./restart_policy.ts";
import { checkSocketPath } from "./socket_path.ts";
import { parseSpecifier, type Specifier } from "./specifier.ts";

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
    (config) => findProblems(config, args),
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
  const start = { config, args, paths, shutdown, exits, onEvent };
  try {
    await tidyUp(start);
    return await keepRunning(start, await planChild(start));
  } finally {
    exits.close();
  }
}

/** What every part of the supervisor works with. */
interface Start {
  readonly config: Config;
  readonly args: readonly string[];
  readonly paths: SocketPaths;
  readonly shutdown: Shutdown;
  readonly exits: ExitsFile;
  readonly onEvent: (event: Event) => void;
}

/** What every process of the handler is started with. */
interface ChildPlan {
  readonly config: Omit<ChildConfig, "instance">;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly heapMb?: number;
}

function findProblems(config: Config, args: readonly string[]): string[] {
  const handler = findHandler(config);
  return [
    ...(handler.ok ? [] : [handler.problem]),
    ...checkSocketPath(absolutePath(config.socketPath)),
    ...checkFolder(folderOf(absolutePath(config.socketPath))),
    ...checkHandlerFlags(args),
    ...checkDeno(),
  ];
}

/** The process of the handler runs in this very Deno. */
function checkDeno(): string[] {
  const command = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command });
  if (state === "granted") return [];
  return [
    `this process may not run ${command}; allowed: to be started with --allow-run=${command}`,
  ];
}

function checkFolder(path: string): string[] {
  try {
    if (Deno.statSync(path).isDirectory) return [];
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return [`ASYA_SOCKET_PATH is in ${path}; allowed: a folder that is there`];
}

/** Ends what an earlier supervisor left running, and remembers how its last instance ended. */
async function tidyUp({ paths, exits, onEvent }: Start): Promise<void> {
  await endOrphan(paths.calls, (pid) => onEvent({ kind: "orphan_found", pid }));
  const ledger = readLedger(paths.calls);
  if (!ledger || exits.has(ledger.instance)) return;
  const { instance, phase } = ledger;
  const at = new Date().toISOString();
  exits.add(
    phase === "closed"
      ? { instance, reason: "exit", code: 0, at, culprits: [] }
      : { instance, reason: "killed", at },
  );
}

async function planChild({ config, args, paths, onEvent }: Start): Promise<ChildPlan> {
  const handler = findHandler(config);
  if (!handler.ok) throw new TypeError(handler.problem);
  const { specifier, url, path } = handler;
  const heapMb = config.maxHeapMb ?? await heapOfContainer(onEvent);
  const project = path === undefined ? undefined : placeInProject(path, `${paths.socket}.imports`);
  return {
    config: {
      host: hostOptions(config),
      specifier,
      moduleUrl: url,
      paths,
      ...(config.socketMode !== undefined && { socketMode: config.socketMode }),
      graceMs: config.graceMs,
      slowAfterMs: config.slowAfterMs,
      logLevel: config.logLevel,
      ...(config.logFormat && { logFormat: config.logFormat }),
    },
    flags: childFlags({
      paths,
      moduleUrl: url,
      handlerFlags: args,
      ...(heapMb !== undefined && { heapMb }),
      ...(project && { project }),
    }),
    env: hiddenVariables(args),
    ...(heapMb !== undefined && { heapMb }),
  };
}

function hostOptions(config: Config): ChildConfig["host"] {
  return {
    concurrency: config.concurrency,
    replyFormat: config.replyFormat,
    includeMetadata: config.includeMetadata,
    isTerminal: config.isTerminal,
    timeoutMs: config.timeoutMs,
    maxFrameBytes: config.maxFrameBytes,
    chunkBytes: config.chunkBytes,
    detectOutOfMemory: config.detectOutOfMemory,
    cleansGpu: config.cleansGpu,
  };
}

/** Settings and credentials of ours that the handler was not given: even its children see nothing. */
function hiddenVariables(args: readonly string[]): Record<string, string> {
  const names = Object.keys(Deno.env.toObject()).filter((name) =>
    name.startsWith("ASYA_") && !grantsEnv(args, name)
  );
  return Object.fromEntries(names.map((name) => [name, ""]));
}

async function heapOfContainer(onEvent: (event: Event) => void): Promise<number | undefined> {
  const memory = await readContainerMemory();
  if (!memory.known) onEvent({ kind: "memory_limit_unknown", reason: memory.reason });
  if (!memory.known || memory.limitBytes === undefined) return undefined;
  return heapLimitMb(memory.limitBytes);
}

async function keepRunning(start: Start, plan: ChildPlan): Promise<number> {
  const { shutdown, exits, onEvent, paths } = start;
  const policy = new RestartPolicy();
  for (let isFirst = true;; isFirst = false) {
    const instance = crypto.randomUUID();
    const beganMs = Date.now();
    const child = startChild(start, plan, instance);
    const end = await untilEnded(child, start);
    const exit = describeEnd(instance, end);
    exits.add(exit.record);
    if (!exit.isClean) onEvent({ kind: "child_ended", pid: child.pid, exit: exit.record });
    if (shutdown.signal.aborted) {
      removeSocket(paths.socket);
      return 0;
    }
    const { code, phase } = end.observed;
    if (phase === "starting" && (isFirst || code === BAD_HANDLER)) return code || 1;
    const delayMs = policy.delayMs(Date.now() - beganMs, Math.random());
    onEvent({ kind: "child_restarting", delayMs });
    // Waits out the back-off, unless there is no need to start again.
    await within(shutdown.requested, delayMs);
    if (shutdown.signal.aborted) return 0;
  }
}

function startChild({ onEvent, paths }: Start, plan: ChildPlan, instance: string): ChildProcess {
  const config: ChildConfig = { ...plan.config, instance };
  const main = import.meta.resolve("./main.ts");
  const child = new ChildProcess({
    args: ["run", ...plan.flags, main, "host", JSON.stringify(config)],
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
async function untilEnded(child: ChildProcess, { shutdown, config }: Start): Promise<ChildEnd> {
  await Promise.race([child.ended, shutdown.requested]);
  if (shutdown.signal.aborted) {
    await child.askToEnd();
    const ended = await within(child.ended, config.graceMs + KILL_AFTER_MS);
    if (!ended.inTime) child.kill("shutdown");
  }
  return await child.ended;
}

/** What sidecars are told about an end; of a clean one nobody is to blame. */
function describeEnd(
  instance: string,
  { observed, ledger }: ChildEnd,
): { record: InstanceExit; isClean: boolean } {
  const nowMs = Date.now();
  const at = new Date(nowMs).toISOString();
  const kind = classifyExit(observed);
  if (kind === "clean") {
    return { record: { instance, reason: "exit", code: 0, at, culprits: [] }, isClean: true };
  }
  const culprits = ledger ? blame(ledger, kind.reason, nowMs) : [];
  const record = { instance, ...kind, at, ...(culprits.length > 0 && { culprits }) };
  return { record, isClean: false };
}

type FoundHandler =
  | (Extract<FoundModule, { ok: true }> & { readonly specifier: Specifier })
  | Extract<FoundModule, { ok: false }>;

function findHandler(config: Config): FoundHandler {
  const parsed = parseSpecifier(config.handler, config.schemes);
  if (!parsed.ok) return parsed;
  const found = findModule(parsed.specifier);
  return found.ok ? { ...found, specifier: parsed.specifier } : found;
}

function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path.replace(/^\.\//, "")}`;
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
