import { announceMissing } from "./announce_missing.ts";
import { thisMachine } from "./machine.ts";
import { findServer, type ServerKind } from "./server_source.ts";

/** The Python that tests of this run have, if any. */
export interface PythonForTests {
  /** Whether there is none: then the tests that need one are skipped. */
  readonly isMissing: boolean;
  /** The command that starts it. */
  readonly command: string;
}

/** Ends well where Python is as old as the example promises, or younger. */
const CHECK = "import sys; sys.exit(sys.version_info < (3, 9))";

/** Python; another one than the path's can be given by its command. */
const pythonKind: ServerKind<string> = {
  name: "Python 3.9 or later",
  givenBy: "ASYA_TEST_PYTHON",
  hasCompose: false,
  debianPackages: ["python3"],
  async findInstalled(machine) {
    for (const command of ["python3", "/usr/bin/python3"]) {
      if (await machine.succeeds(command, ["-c", CHECK])) return command;
    }
    return undefined;
  },
};

/**
 * Looks for a Python for tests: `ASYA_TEST_PYTHON`, an installed one, or Debian's package, which root
 * may install. Call it once, at the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findPython(): Promise<PythonForTests> {
  const source = await findServer(pythonKind, thisMachine);
  if (source.kind === "given") return { isMissing: false, command: source.url };
  if (source.kind === "installed") return { isMissing: false, command: source.found };
  announceMissing(pythonKind, `install python3, or set ${pythonKind.givenBy}`);
  return { isMissing: true, command: "" };
}
