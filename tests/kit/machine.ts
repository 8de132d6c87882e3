/** What is asked of a machine to find a server on it, or to bring one there. */
export interface Machine {
  /** The value of an environment variable. */
  env(name: string): string | undefined;
  /** Whether a command is there and ends well; what it prints is nobody's business. */
  succeeds(command: string, args: readonly string[]): Promise<boolean>;
  /** Whether there is a file or a folder. */
  exists(path: string): Promise<boolean>;
  /** Paths of the folders in a folder, the latest version first; none where it does not exist. */
  subfolders(path: string): Promise<string[]>;
  /** Whether packages may be installed. */
  isRootOnDebian(): Promise<boolean>;
  /** Does something while Debian starts no service for a package that is installed. */
  withoutServices<T>(work: () => Promise<T>): Promise<T>;
  /** Tells the person in front of it. */
  say(line: string): void;
}

/** Debian asks this script before a package starts its service. */
const POLICY = "/usr/sbin/policy-rc.d";

/** The script's answer "no". */
const NO_SERVICES = "#!/bin/sh\nexit 101\n";

/** The machine that the tests run on. */
export const thisMachine: Machine = {
  env: (name) => Deno.env.get(name),
  succeeds,
  exists,
  async subfolders(path) {
    if (!await exists(path)) return [];
    const folders: string[] = [];
    for await (const entry of Deno.readDir(path)) {
      if (entry.isDirectory) folders.push(`${path}/${entry.name}`);
    }
    const { compare } = new Intl.Collator("en", { numeric: true });
    return folders.sort(compare).reverse();
  },
  async isRootOnDebian() {
    return Deno.build.os === "linux" && Deno.uid() === 0 &&
      await succeeds("apt-get", ["--version"]);
  },
  async withoutServices(work) {
    const hasPolicy = await exists(POLICY);
    try {
      if (!hasPolicy) await Deno.writeTextFile(POLICY, NO_SERVICES, { mode: 0o755 });
      return await work();
    } finally {
      if (!hasPolicy) await Deno.remove(POLICY);
    }
  },
  say: (line) => console.warn(line),
};

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
