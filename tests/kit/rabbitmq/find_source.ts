/** Where a broker for tests comes from. */
export type Source =
  | { readonly kind: "given"; readonly url: string }
  /** The path of RabbitMQ's own start script. */
  | { readonly kind: "installed"; readonly server: string }
  | { readonly kind: "compose" }
  /** What to do about it. */
  | { readonly kind: "missing"; readonly advice: string };

/** Where packages put RabbitMQ's own scripts. Debian's /usr/sbin has wrappers that drop settings. */
const SCRIPT_FOLDERS = [
  "/usr/lib/rabbitmq/lib",
  "/opt/homebrew/opt/rabbitmq",
  "/usr/local/opt/rabbitmq",
  "/opt/rabbitmq",
];

/**
 * Finds a broker: the one that is given, one that is installed, a container engine to run one, or
 * Debian's package, which is installed where that is allowed.
 */
export async function findSource(): Promise<Source> {
  return findGiven() ?? await findInstalled() ?? await findEngine() ??
    await installPackage() ?? {
    kind: "missing",
    advice: "install rabbitmq-server, start a container engine, or set ASYA_TEST_RABBITMQ_URL",
  };
}

/** An installed broker, also where another one is given: for tests that kill it. */
export async function findInstalled(): Promise<Source | undefined> {
  if (!await succeeds("erl", ["-noshell", "-eval", "halt()."])) return undefined;
  for (const folder of SCRIPT_FOLDERS) {
    for (const place of [folder, ...await subfolders(folder)]) {
      const server = `${place}/sbin/rabbitmq-server`;
      if (await exists(server)) return { kind: "installed", server };
    }
  }
  return undefined;
}

function findGiven(): Source | undefined {
  const url = Deno.env.get("ASYA_TEST_RABBITMQ_URL");
  return url ? { kind: "given", url } : undefined;
}

async function findEngine(): Promise<Source | undefined> {
  const answers = await succeeds("docker", ["info"]) &&
    await succeeds("docker", ["compose", "version"]);
  return answers ? { kind: "compose" } : undefined;
}

/** Installs Debian's package, without its service, where we are root on Debian. */
async function installPackage(): Promise<Source | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0 || !await exists("/usr/bin/apt-get")) {
    return undefined;
  }
  const policy = "/usr/sbin/policy-rc.d";
  const hasPolicy = await exists(policy);
  console.warn("rabbitmq-server is being installed, for tests");
  try {
    // Debian asks this script before a package starts its service; 101 means "no".
    if (!hasPolicy) await Deno.writeTextFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    const install = ["install", "--yes", "--no-install-recommends", "rabbitmq-server"];
    const isInstalled = await succeeds("apt-get", install) ||
      (await succeeds("apt-get", ["update"]) && await succeeds("apt-get", install));
    return isInstalled ? await findInstalled() : undefined;
  } finally {
    if (!hasPolicy) await Deno.remove(policy);
  }
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function subfolders(path: string): Promise<string[]> {
  if (!await exists(path)) return [];
  const folders: string[] = [];
  for await (const entry of Deno.readDir(path)) {
    if (entry.isDirectory) folders.push(`${path}/${entry.name}`);
  }
  return folders.sort().reverse();
}
