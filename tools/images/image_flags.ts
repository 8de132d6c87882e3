import type { BakedPermissions } from "@asya/program";

/** Where an image has what settings name: configuration, certificates, sockets and data. */
const READ_FOLDERS = ["/etc/asya", "/run", "/tmp", "/var"];

/** Where an image has what changes: sockets and data, on volumes. */
const WRITE_FOLDERS = ["/run", "/tmp", "/var"];

/** Of a socket the folder is a volume, which an actor's resource may put anywhere. */
const ANYWHERE = "/";

/** Where an image has the home of its user, in which libraries look for credentials. */
const HOMES = "/home";

const condition = /\{[?!][A-Z][A-Z0-9_]*\}/g;

/**
 * The flags of a program in an image, which are the same whatever its settings will be: any host
 * where a setting names hosts, and the folders of an image where settings name files; any folder for
 * a socket, since an actor's may be in any. Kinds that the program never needs stay refused.
 *
 * @param permissions the program's `permissions.json`
 * @returns flags of `deno run` and `deno compile`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { imageFlags } from "./image_flags.ts";
 *
 * assert.deepEqual(imageFlags({ env: ["ASYA_*"], net: ["{ASYA_URL}"], read: ["{ASYA_CA_FILE}"] }), [
 *   "--no-prompt",
 *   "--ignore-env",
 *   "--allow-env=ASYA_*",
 *   "--allow-net",
 *   "--allow-read=/etc/asya,/run,/tmp,/var",
 * ]);
 * ```
 */
export function imageFlags(permissions: BakedPermissions): string[] {
  const { env, v8, net = [], read = [], write = [], run = [], sys = [] } = permissions;
  return [
    "--no-prompt",
    "--ignore-env",
    ...(v8 ? [`--v8-flags=${v8.join(",")}`] : []),
    ...flag("env", env.map(withoutConditions)),
    ...(net.length > 0 ? ["--allow-net"] : []),
    ...flag("read", foldersOf(read, READ_FOLDERS)),
    ...flag("write", foldersOf(write, WRITE_FOLDERS)),
    ...flag("run", run.map(withoutConditions)),
    ...flag("sys", sys.map(withoutConditions)),
  ];
}

/** Which variables must be set for an entry says nothing here: they may be. */
function withoutConditions(entry: string): string {
  return entry.replace(condition, "");
}

/** The folders that entries lie in: of an image, where a setting names them. */
function foldersOf(entries: readonly string[], ofImage: readonly string[]): string[] {
  const folders = entries.map(withoutConditions).flatMap((entry) => {
    if (entry.startsWith("{HOME}")) return [HOMES];
    if (entry.startsWith("{ASYA_SOCKET_PATH")) return [ANYWHERE];
    return entry.startsWith("{") ? ofImage : [entry];
  });
  const distinct = [...new Set(folders)].sort();
  const isBelow = (path: string, folder: string) =>
    path !== folder && path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
  return distinct.filter((path) => !distinct.some((folder) => isBelow(path, folder)));
}

function flag(kind: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [`--allow-${kind}=${[...new Set(entries)].join(",")}`];
}
