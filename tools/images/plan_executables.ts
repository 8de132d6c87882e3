import { type BakedPermissions, permissionFlags } from "@asya/program";
import { imageFlags } from "./image_flags.ts";

/** Where images have their executables, whose permission to start themselves names this place. */
const EXECUTABLES = "/usr/local/bin";

/** The socket of a compiled runtime: its path is one of its permissions. */
const SOCKET = { folder: "/tmp/sockets", path: "/tmp/sockets/app.sock" };

/** What `deno compile` makes one executable of. */
export interface Executable {
  /** Its image, such as `gateway`; the file is called `asya-gateway`. */
  readonly name: string;
  /** Its files in the folder of the bundles; the first is its main module, the others lie beside. */
  readonly files: readonly string[];
  /** Its permissions, as flags; it has no others, and nobody can give it more at its start. */
  readonly flags: readonly string[];
}

/** What is known of all programs, and of the handler that the runtime's executable hosts. */
export interface ExecutablesInput {
  /** Each program's `permissions.json`. */
  readonly permissions: Readonly<Record<Program, BakedPermissions>>;
  /** The handler's bundle, in the folder of the bundles. */
  readonly handler: string;
  /** Permissions of that handler. */
  readonly handlerFlags: readonly string[];
}

/** What has a `permissions.json` and an image. */
export const programs = ["gateway", "sidecar", "runtime", "operator", "actors"] as const;

/** One of {@linkcode programs}. */
export type Program = (typeof programs)[number];

/** The handlers that every mesh has. */
const OWN_HANDLERS = ["actors/happy_end.js", "actors/error_end.js", "actors/join.js"];

/**
 * Plans the executable of every image. Gateway, sidecar and operator are their bundles. The runtime
 * and the actors are the runtime's bundle with handlers in it: a supervisor that starts itself once
 * more, under the same permissions, to host one of them.
 *
 * @param input permissions, and the runtime's handler
 * @returns one plan each, in the order of {@linkcode programs}
 */
export function planExecutables(input: ExecutablesInput): Executable[] {
  const { permissions, handler, handlerFlags } = input;
  return programs.map((name) => {
    switch (name) {
      case "runtime": {
        const files = ["runtime/main.js", handler];
        return { name, files, flags: runtimeFlags(permissions.runtime, handlerFlags) };
      }
      case "actors": {
        const files = ["runtime/main.js", ...OWN_HANDLERS];
        return { name, files, flags: [...imageFlags(permissions.actors), startItself(name)] };
      }
      default:
        return { name, files: [`${name}/main.js`], flags: imageFlags(permissions[name]) };
    }
  });
}

/** Its socket and the files beside it, itself, and what its handler needs: nothing else. */
function runtimeFlags(runtime: BakedPermissions, handlerFlags: readonly string[]): string[] {
  const own: BakedPermissions = {
    env: runtime.env,
    net: [`unix:${SOCKET.path}`],
    read: [SOCKET.folder],
    write: runtime.write ?? [],
  };
  const flags = permissionFlags(own, { ASYA_SOCKET_PATH: SOCKET.path });
  return mergeFlags([...flags, ...handlerFlags, startItself("runtime")]);
}

function startItself(name: Program): string {
  return `--allow-run=${EXECUTABLES}/asya-${name}`;
}

/** Of every kind one flag: without a list where one of them has none. */
function mergeFlags(flags: readonly string[]): string[] {
  const merged = new Map<string, string[] | undefined>();
  for (const flag of flags) {
    const [kind = "", list] = flag.split(/=(.*)/s);
    const before = merged.get(kind);
    const isWhole = list === undefined || (merged.has(kind) && before === undefined);
    merged.set(kind, isWhole ? undefined : [...new Set([...before ?? [], ...list.split(",")])]);
  }
  return [...merged].map(([kind, list]) => list === undefined ? kind : `${kind}=${list.join(",")}`);
}
