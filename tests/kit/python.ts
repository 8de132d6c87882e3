import { runCommand } from "./rabbitmq/run_command.ts";
import { platformEnv } from "./start_program.ts";

/** The Python that tests of this run have, if any. */
export interface PythonForTests {
  /** Whether there is none: then the tests that need one are skipped. */
  readonly isMissing: boolean;
  /** How it is started. */
  readonly command: string;
}

/** The oldest one that the Python example promises to run on. */
const NEEDED = "3.9";

const CHECK = `import sys; sys.exit(sys.version_info < (${NEEDED.replace(".", ", ")}))`;

/**
 * Looks for a Python for tests: `python3` on the path, or Debian's package, which root may install.
 * Call it once, at the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findPython(): Promise<PythonForTests> {
  const command = "python3";
  if (await succeeds(command, ["-c", CHECK])) return { isMissing: false, command };
  const installed = "/usr/bin/python3";
  if (await installPackage() && await succeeds(installed, ["-c", CHECK])) {
    return { isMissing: false, command: installed };
  }
  const problem = `There is no Python for tests. Install python3, ${NEEDED} or later.`;
  if (Deno.env.get("CI") !== undefined) throw new Error(problem);
  console.warn(`\n*** SKIPPING TESTS *** ${problem}\n`);
  return { isMissing: true, command };
}

/** Installs Debian's package, where we are root on Debian. */
async function installPackage(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  console.warn("python3 is being installed, for tests");
  const install = ["install", "--yes", "--no-install-recommends", "python3"];
  return await succeeds("apt-get", install) ||
    (await succeeds("apt-get", ["update"]) && await succeeds("apt-get", install));
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await runCommand(command, args, { ...platformEnv(), DEBIAN_FRONTEND: "noninteractive" });
    return true;
  } catch {
    return false; // it is not there, or it failed: either way there is something else to try
  }
}
