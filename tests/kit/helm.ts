import { announceMissing } from "./announce_missing.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { findServer, type ServerKind } from "./server_source.ts";
import { pathOf } from "./start_program.ts";

/** A command that tests of this run have, if it is there at all. */
export interface CommandForTests {
  /** Whether there is none: then the tests that need one are skipped. */
  readonly isMissing: boolean;
  /** The command that starts it. */
  readonly command: string;
}

const INSTALLER = pathOf("scripts/install_helm.sh");

/** Helm 4; another one than the path's can be given by its command. */
export const helmKind: ServerKind<string> = {
  name: "Helm 4",
  givenBy: "ASYA_TEST_HELM",
  hasCompose: false,
  debianPackages: [],
  findInstalled: (machine) =>
    findCommand(machine, {
      onPath: "helm",
      check: `helm version --template '{{.Version}}' | grep -q '^v4\\.'`,
      own: pathOf(".tools/helm-4.2.3/helm"),
    }),
};

/** A kubectl that fits API servers of 1.36; another one can be given by its command. */
const kubectlKind: ServerKind<string> = {
  name: "kubectl 1.35 or later",
  givenBy: "ASYA_TEST_KUBECTL",
  hasCompose: false,
  debianPackages: [],
  findInstalled: (machine) =>
    findCommand(machine, {
      onPath: "kubectl",
      check: `kubectl version --client | grep -Eq 'v1\\.(3[5-9]|[4-9][0-9])\\.'`,
      own: pathOf(".tools/kubectl-1.36.3/kubectl"),
    }),
};

/**
 * Looks for Helm for tests: `ASYA_TEST_HELM`, one of a fitting version on the path, or the one that
 * `scripts/install_helm.sh` brings. Call it once, at the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findHelm(): Promise<CommandForTests> {
  return await findTool(helmKind);
}

/**
 * Looks for a kubectl for tests: `ASYA_TEST_KUBECTL`, one of a fitting version on the path, or the
 * one that `scripts/install_helm.sh` brings. Call it once, at the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findKubectl(): Promise<CommandForTests> {
  return await findTool(kubectlKind);
}

async function findTool(kind: ServerKind<string>): Promise<CommandForTests> {
  const source = await findServer(kind, thisMachine);
  if (source.kind === "given") return { isMissing: false, command: source.url };
  if (source.kind === "installed") return { isMissing: false, command: source.found };
  announceMissing(kind, `scripts/install_helm.sh says why, or set ${kind.givenBy}`);
  return { isMissing: true, command: "" };
}

/** The one on the path where its version fits, else our own, which is installed where it is not. */
async function findCommand(
  machine: Machine,
  { onPath, check, own }: { onPath: string; check: string; own: string },
): Promise<string | undefined> {
  if (await machine.succeeds("sh", ["-c", check])) return onPath;
  if (await machine.exists(own)) return own;
  return await machine.succeeds(INSTALLER, []) ? own : undefined;
}
