/**
 * Checks every package as it would be published: `deno publish --dry-run`, the files in it, what is
 * documented, and what JSR's score asks for. Prints what each holds, and fails where anything is not
 * in order. Types are not checked again: the gate has done that.
 *
 * @module
 */
import { examinePackages } from "./packages/examine_packages.ts";
import { readMembers } from "./packages/members.ts";
import { parseDryRun } from "./packages/parse_dry_run.ts";

const root = new URL("..", import.meta.url);

async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (success) return said;
  console.error(said);
  console.error(`packages: deno ${args.slice(0, 2).join(" ")} fails; above is why`);
  Deno.exit(1);
}

const entries = (await readMembers(root)).flatMap((member) => [...member.entries.values()]);
await deno("doc", "--lint", ...entries);
const said = await deno("publish", "--dry-run", "--allow-dirty", "--no-check");
const examined = await examinePackages(root, parseDryRun(said, root.href));
for (const { name, files, bytes, symbols, flaws } of examined) {
  const documented = `${symbols.symbols} symbols, ${symbols.parts} parts of them`;
  console.error(`packages: ${name} ${files} files, ${Math.round(bytes / 1_000)} kB, ${documented}`);
  for (const flaw of flaws) console.error(`packages: ${name}: ${flaw}`);
}
const count = examined.reduce((sum, { flaws }) => sum + flaws.length, 0);
console.error(`packages: ${examined.length} packages, ${count} flaws`);
if (count > 0) Deno.exit(1);
