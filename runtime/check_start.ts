import { compiledProblems } from "./compiled_problems.ts";
import type { Config } from "./config.ts";
import { findModule, type FoundModule } from "./find_module.ts";
import { checkHandlerFlags } from "./handler_flags.ts";
import { ownProgram } from "./own_program.ts";
import { folderOf } from "./project.ts";
import { checkSocketPath } from "./socket_path.ts";
import { parseSpecifier, type Specifier } from "./specifier.ts";

/** A handler whose module is there, or a sentence that says what is wrong. */
export type FoundHandler =
  | (Extract<FoundModule, { ok: true }> & { readonly specifier: Specifier })
  | Extract<FoundModule, { ok: false }>;

/**
 * Finds the handler that the settings name.
 *
 * @param config the settings
 */
export function findHandler(config: Config): FoundHandler {
  const parsed = parseSpecifier(config.handler, config.schemes);
  if (!parsed.ok) return parsed;
  const found = findModule(parsed.specifier);
  return found.ok ? { ...found, specifier: parsed.specifier } : found;
}

/**
 * Finds everything that keeps a runtime from starting here.
 *
 * @param config the settings, each of which is allowed by itself
 * @param args the program's arguments
 * @returns the problems, one sentence each
 */
export function checkStart(config: Config, args: readonly string[]): string[] {
  const handler = findHandler(config);
  const socketPath = absolutePath(config.socketPath);
  return [
    ...(handler.ok ? [] : [handler.problem]),
    ...checkSocketPath(socketPath),
    ...checkFolder(folderOf(socketPath)),
    ...(ownProgram().isCompiled ? compiledProblems(config, args) : checkHandlerFlags(args)),
    ...checkDeno(),
  ];
}

/** The process of the handler runs in this very Deno, or executable. */
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

/**
 * The path from the root of all, for one that may start in the working directory.
 *
 * @param path as it is written
 */
export function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path.replace(/^\.\//, "")}`;
}
