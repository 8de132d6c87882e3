import { announceMissing } from "./announce_missing.ts";
import type { CommandForTests } from "./helm.ts";
import { thisMachine } from "./machine.ts";
import { findServer, type ServerKind } from "./server_source.ts";

/** ShellCheck, which finds faults of shell scripts; another one can be given by its command. */
const shellcheckKind: ServerKind<string> = {
  name: "ShellCheck",
  givenBy: "ASYA_TEST_SHELLCHECK",
  hasCompose: false,
  debianPackages: ["shellcheck"],
  findInstalled: async (machine) =>
    await machine.succeeds("shellcheck", ["--version"]) ? "shellcheck" : undefined,
};

/**
 * Looks for ShellCheck for tests: `ASYA_TEST_SHELLCHECK`, an installed one, or Debian's package, which
 * root may install. Call it once, at the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findShellcheck(): Promise<CommandForTests> {
  const source = await findServer(shellcheckKind, thisMachine);
  if (source.kind === "given") return { isMissing: false, command: source.url };
  if (source.kind === "installed") return { isMissing: false, command: source.found };
  announceMissing(shellcheckKind, `install shellcheck, or set ${shellcheckKind.givenBy}`);
  return { isMissing: true, command: "" };
}
