import type { ChildConfig, SocketPaths } from "./child_config.ts";
import { childFlags } from "./child_flags.ts";
import type { Config } from "./config.ts";
import { findHandler } from "./check_start.ts";
import { readContainerMemory } from "./container_memory.ts";
import type { Event } from "./event.ts";
import { withheldVariables } from "./handler_flags.ts";
import { heapLimitMb } from "./heap_limit.ts";
import { ownProgram } from "./own_program.ts";
import { placeInProject } from "./place_in_project.ts";

/** What every process of the handler is started with. */
export interface ChildPlan {
  readonly config: Omit<ChildConfig, "instance">;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly heapMb?: number;
}

/**
 * Plans how the handler's processes are started.
 *
 * @param config the settings
 * @param args the handler's permissions
 * @param paths the socket and the files beside it
 * @param onEvent told when the memory limit is not known
 * @throws TypeError when the handler is gone since the settings were checked
 */
export async function planChild(
  config: Config,
  args: readonly string[],
  paths: SocketPaths,
  onEvent: (event: Event) => void,
): Promise<ChildPlan> {
  const handler = findHandler(config);
  if (!handler.ok) throw new TypeError(handler.problem);
  const { specifier, url, path } = handler;
  const child = {
    host: hostOptions(config),
    specifier,
    moduleUrl: url,
    paths,
    ...(config.socketMode !== undefined && { socketMode: config.socketMode }),
    graceMs: config.graceMs,
    slowAfterMs: config.slowAfterMs,
    logLevel: config.logLevel,
    ...(config.logFormat && { logFormat: config.logFormat }),
  };
  // What an executable may do, its handler's variables included, was decided when it was compiled.
  if (ownProgram().isCompiled) return { config: child, flags: [], env: {} };
  const heapMb = config.maxHeapMb ?? await heapOfContainer(onEvent);
  const variables = Deno.env.toObject();
  const project = path === undefined ? undefined : placeInProject(path, {
    importMapPath: `${paths.socket}.imports`,
    lockPath: `${paths.socket}.lock`,
  });
  return {
    config: child,
    flags: childFlags({
      paths,
      moduleUrl: url,
      handlerFlags: args,
      ...(heapMb !== undefined && { heapMb }),
      ...(project && { project }),
      withoutProject: path === undefined && !import.meta.url.startsWith("file:"),
    }),
    env: { ...withheldVariables(Object.keys(variables), args), ...tracedAs(variables) },
    ...(heapMb !== undefined && { heapMb }),
  };
}

/**
 * What OpenTelemetry is told about the process that runs the handler, where nobody said otherwise: a
 * name, and that work of a trace that is not recorded stays out of traces, as its own default is.
 */
function tracedAs(variables: Readonly<Record<string, string>>): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: variables.OTEL_SERVICE_NAME || "asya-runtime",
    OTEL_TRACES_SAMPLER: variables.OTEL_TRACES_SAMPLER || "parentbased_always_on",
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

async function heapOfContainer(onEvent: (event: Event) => void): Promise<number | undefined> {
  const memory = await readContainerMemory();
  if (!memory.known) onEvent({ kind: "memory_limit_unknown", reason: memory.reason });
  if (!memory.known || memory.limitBytes === undefined) return undefined;
  return heapLimitMb(memory.limitBytes);
}
