/**
 * Where a server comes from that tests need: one that is given, one that is installed, a container
 * engine, or Debian's package. The next server is a {@linkcode ServerKind} in a small file.
 *
 * @module
 */
import type { Machine } from "./machine.ts";

/** A kind of server, and how one of its kind is come by. `Found` is what starts an installed one. */
export interface ServerKind<Found> {
  /** What people call it. */
  readonly name: string;
  /** The variable that gives the URL of one that is there. */
  readonly givenBy: string;
  /** Looks for an installed one. */
  findInstalled(machine: Machine): Promise<Found | undefined>;
  /** Whether it can be run by `docker compose`. */
  readonly hasCompose: boolean;
  /** Packages of Debian, which root may install; none where there are none. */
  readonly debianPackages: readonly string[];
}

/** Where a server comes from. */
export type ServerSource<Found> =
  | { readonly kind: "given"; readonly url: string }
  | OwnSource<Found>
  /** What to do about it. */
  | { readonly kind: "missing"; readonly advice: string };

/** Where a server comes from that is our own, to be stopped and killed as a test likes. */
export type OwnSource<Found> =
  | { readonly kind: "installed"; readonly found: Found }
  | { readonly kind: "compose" };

/**
 * Finds a server: the one that is given, one that is installed, a container engine to run one, or
 * Debian's package, which is installed where that is allowed.
 *
 * @param kind the kind of server
 * @param machine where to look
 */
export async function findServer<Found>(
  kind: ServerKind<Found>,
  machine: Machine,
): Promise<ServerSource<Found>> {
  const url = machine.env(kind.givenBy);
  if (url) return { kind: "given", url };
  return await findOwnServer(kind, machine) ?? { kind: "missing", advice: advise(kind) };
}

/**
 * Finds a server of our own, also where another one is given: for tests that stop and kill it.
 *
 * @param kind the kind of server
 * @param machine where to look
 */
export async function findOwnServer<Found>(
  kind: ServerKind<Found>,
  machine: Machine,
): Promise<OwnSource<Found> | undefined> {
  return await findInstalled(kind, machine) ?? await findEngine(kind, machine) ??
    (await installPackages(kind, machine) ? await findInstalled(kind, machine) : undefined);
}

async function findInstalled<Found>(
  kind: ServerKind<Found>,
  machine: Machine,
): Promise<OwnSource<Found> | undefined> {
  const found = await kind.findInstalled(machine);
  return found === undefined ? undefined : { kind: "installed", found };
}

async function findEngine(
  kind: ServerKind<unknown>,
  machine: Machine,
): Promise<OwnSource<never> | undefined> {
  const answers = kind.hasCompose && await machine.succeeds("docker", ["info"]) &&
    await machine.succeeds("docker", ["compose", "version"]);
  return answers ? { kind: "compose" } : undefined;
}

/** Installs packages where we are root on Debian; another run may be at it, and is waited for. */
async function installPackages(kind: ServerKind<unknown>, machine: Machine): Promise<boolean> {
  const { name, debianPackages } = kind;
  if (debianPackages.length === 0 || !await machine.isRootOnDebian()) return false;
  machine.say(`${name} is being installed: apt-get install ${debianPackages.join(" ")}`);
  return await machine.withoutServices(async () => {
    const apt = (...args: string[]) =>
      machine.succeeds("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args]);
    const install = ["install", "--yes", "--no-install-recommends", ...debianPackages];
    return await apt(...install) || (await apt("update") && await apt(...install));
  });
}

function advise({ name, givenBy, hasCompose, debianPackages }: ServerKind<unknown>): string {
  const [first] = debianPackages;
  return [
    `install ${first ? `${name} (Debian, Ubuntu: ${first})` : name}`,
    ...hasCompose ? ["start a container engine with docker compose"] : [],
    `or set ${givenBy}`,
  ].join(", ");
}
