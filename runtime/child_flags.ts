import type { SocketPaths } from "./child_config.ts";
import type { PlacedProject } from "./place_in_project.ts";

/** What decides about the flags of the handler's process. */
export interface ChildFlagsInput {
  readonly paths: SocketPaths;
  /** The module, loaded before all else: so the handler's own files need no permission. */
  readonly moduleUrl: string;
  /** Permissions of the handler. */
  readonly handlerFlags: readonly string[];
  /** The handler's heap in MiB; without one it is the platform's. */
  readonly heapMb?: number;
  /** Where the handler belongs to another project than this program. */
  readonly project?: PlacedProject;
  /** The handler and this program come from registries: the folder they work in is no project. */
  readonly withoutProject?: boolean;
}

/**
 * The flags of `deno run` for the process that runs the handler: its socket, the files beside it,
 * and what the operator gave the handler. Nothing else; variables that are not given look unset.
 *
 * @param input what decides
 * @throws TypeError for a path that a list of permissions cannot hold
 * @example
 * ```ts
 * import { childFlags } from "./child_flags.ts";
 * import { socketPaths } from "./child_config.ts";
 * import assert from "node:assert/strict";
 * const flags = childFlags({
 *   paths: socketPaths("/run/app.sock"),
 *   moduleUrl: "file:///app/predict.ts",
 *   handlerFlags: ["--allow-net=api.example.com"],
 * });
 * assert.deepEqual(flags, [
 *   "--no-prompt",
 *   "--ignore-env",
 *   "--allow-net=unix:/run/app.sock",
 *   "--allow-read=/run/app.sock,/run/app.sock.calls,/run/app.sock.exits",
 *   "--allow-write=/run/app.sock,/run/app.sock.calls",
 *   "--allow-net=api.example.com",
 *   "--preload=file:///app/predict.ts",
 * ]);
 * ```
 */
export function childFlags(input: ChildFlagsInput): string[] {
  const { paths, moduleUrl, handlerFlags, heapMb, project, withoutProject } = input;
  if (paths.socket.includes(",")) {
    throw new TypeError(`the socket's path is ${paths.socket}; allowed: a path without a comma`);
  }
  const own = [
    ["--allow-net", `unix:${paths.socket}`],
    ["--allow-read", `${paths.socket},${paths.calls},${paths.exits}`],
    ["--allow-write", `${paths.socket},${paths.calls}`],
  ] as const;
  return [
    "--no-prompt",
    "--ignore-env",
    // A kind that the handler has without limits holds ours too, and takes no list beside it.
    ...own.filter(([flag]) => !handlerFlags.includes(flag)).map(([flag, list]) =>
      `${flag}=${list}`
    ),
    ...handlerFlags,
    ...(heapMb === undefined ? [] : [`--v8-flags=--max-old-space-size=${heapMb}`]),
    ...(project?.configPath === undefined ? [] : [`--config=${project.configPath}`]),
    ...(project ? [`--import-map=${project.importMapPath}`] : []),
    ...(project?.lockPath === undefined ? [] : [`--lock=${project.lockPath}`, "--frozen=false"]),
    ...(withoutProject ? ["--no-config"] : []),
    `--preload=${moduleUrl}`,
  ];
}
