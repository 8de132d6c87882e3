import { thisMachine } from "../../tests/kit/machine.ts";
import { findOwnServer, type ServerKind } from "../../tests/kit/server_source.ts";

/** The load generator, whose own share of the processor is a small one. */
const wrkKind: ServerKind<string> = {
  name: "wrk",
  givenBy: "PATH",
  findInstalled: async (machine) => await machine.succeeds("which", ["wrk"]) ? "wrk" : undefined,
  hasCompose: false,
  debianPackages: ["wrk"],
};

/**
 * Looks for wrk, and installs Debian's package of it where we are root.
 *
 * @returns its name, or `undefined` where there is none
 * @see https://github.com/wg/wrk
 */
export async function findWrk(): Promise<string | undefined> {
  const source = await findOwnServer(wrkKind, thisMachine);
  return source?.kind === "installed" ? source.found : undefined;
}
