const scripts = new URL("../", import.meta.url);

/** A machine without anything but what is said here. */
export interface BareMachine {
  /** Files of this folder that it has; the first is the installer. */
  readonly files: readonly [string, ...string[]];
  /** Tools that are those of this machine. */
  readonly tools: readonly string[];
  /** Programs besides, each with the shell commands that it does. */
  readonly programs: Readonly<Record<string, string>>;
}

/** What became of an installation. */
export interface Installed {
  /** The installer's exit code. */
  readonly code: number;
  /** What it said on standard error. */
  readonly said: string;
  /** What is in the checkout's `.tools` then. */
  readonly left: string[];
}

/**
 * Runs an installer in a checkout of its own, on a machine that has little.
 *
 * @param machine what it has
 */
export async function installOn({ files, tools, programs }: BareMachine): Promise<Installed> {
  const root = await Deno.makeTempDir();
  const checkout = `${root}/a checkout`;
  try {
    await Deno.mkdir(`${checkout}/scripts`, { recursive: true });
    await Deno.mkdir(`${root}/bin`);
    for (const file of files) {
      await Deno.copyFile(new URL(file, scripts), `${checkout}/scripts/${file}`);
    }
    for (const tool of tools) await Deno.symlink(await which(tool), `${root}/bin/${tool}`);
    for (const [name, commands] of Object.entries(programs)) {
      await Deno.writeTextFile(`${root}/bin/${name}`, `#!/bin/sh\n${commands}\n`, { mode: 0o755 });
    }
    const { code, stderr } = await new Deno.Command(`${checkout}/scripts/${files[0]}`, {
      env: { PATH: `${root}/bin` },
      clearEnv: true,
    }).output();
    return {
      code,
      said: new TextDecoder().decode(stderr),
      left: await namesIn(`${checkout}/.tools`),
    };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function which(tool: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`] }).output();
  return new TextDecoder().decode(stdout).trim();
}
