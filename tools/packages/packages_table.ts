import { markdownTable } from "@asya/program";
import type { Member } from "./members.ts";
import { NPM_MEMBERS } from "./npm_package.ts";

/** Where all of a package runs, for JSR's settings of it; every other one needs Deno. */
const BESIDES_DENO = "Node, Bun";

/**
 * The table of packages: what each is for, and what can be imported or started from it.
 *
 * @param members of the workspace
 */
export function packagesTable(members: readonly Member[]): string {
  const sorted = [...members].sort((one, other) => one.name < other.name ? -1 : 1);
  return markdownTable(
    ["package", "what it is", "entry points", "runs on"],
    sorted.map(({ name, folder, description, entries }) => {
      const npm = NPM_MEMBERS.find((one) => one.folder === folder);
      const where = npm === undefined
        ? "Deno"
        : npm.entries === "all"
        ? `Deno, ${BESIDES_DENO}`
        : `Deno; \`${npm.entries.join("`, `")}\` also ${BESIDES_DENO}`;
      const points = [...entries.keys()].map((entry) => `\`${entry}\``).join(" ");
      return [`\`${name}\``, description, points, where];
    }),
  );
}
