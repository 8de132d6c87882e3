/**
 * Releases a version, or says what that would do: `release.ts VERSION`.
 *
 * It looks whether everything is in order (a clean tree, one version everywhere, a section of the
 * changelog), runs the gate, and tells what would be tagged and what the tag would publish. Nothing
 * is changed. With `--push` it then makes the tag and pushes it, which is all that a person does: the
 * workflows do the rest. `--without-gate` leaves out the gate, where it has just been run.
 *
 * `release.ts notes VERSION` prints what the changelog says of it.
 * `release.ts prepare VERSION` writes the version everywhere, and gives the changelog's section its
 * name; what comes of that is looked at and committed by a person.
 *
 * @module
 */
import { programs } from "./images/plan_executables.ts";
import { listFiles } from "./list_files.ts";
import { readMembers } from "./packages/members.ts";
import { readOutput } from "./read_output.ts";
import { notesOf, releaseNotes } from "./release/changelog.ts";
import { judgeRelease } from "./release/judge_release.ts";
import { isVersion } from "./release/semver.ts";
import { placesOf, versionsIn, withVersion } from "./release/version_places.ts";

const root = new URL("..", import.meta.url);

const flags = Deno.args.filter((argument) => argument.startsWith("--"));
const words = Deno.args.filter((argument) => !argument.startsWith("--"));
const [first = ""] = words;
const verb = first === "prepare" || first === "notes" ? first : "release";
const version = (verb === "release" ? first : words[1]) ?? "";
const unknown = flags.find((flag) => flag !== "--push" && flag !== "--without-gate");
if (unknown !== undefined) refuse([`${unknown} is no option; allowed: --push, --without-gate`]);

const members = await readMembers(root);
const places = placesOf(await listFiles(root), members.map(({ folder }) => folder));
const changelog = await read("CHANGELOG.md");
switch (verb) {
  case "prepare":
    await prepare();
    break;
  case "notes":
    console.log(notesOf(changelog, version) ?? refuse([`CHANGELOG.md has no ${version}`]));
    break;
  case "release":
    await release();
}

async function prepare(): Promise<void> {
  if (!isVersion(version)) refuse([`the version is ${JSON.stringify(version)}; allowed: as 1.2.3`]);
  const noted = notesOf(changelog, version) === undefined
    ? releaseNotes(changelog, version, new Date().toISOString().slice(0, 10))
    : changelog;
  if (noted === undefined) refuse(["CHANGELOG.md has nothing below ## [Unreleased]"]);
  await Deno.writeTextFile(new URL("CHANGELOG.md", root), noted);
  for (const place of places) {
    const text = await read(place.path);
    await Deno.writeTextFile(new URL(place.path, root), withVersion(text, place, version));
  }
  await run(Deno.execPath(), "task", "--quiet", "docs");
  const { length } = await lines("git", "status", "--porcelain");
  console.log(`this is ${version}: ${length} files are not committed; look at them, test, commit`);
}

async function release(): Promise<void> {
  const versions = new Map<string, string[]>();
  for (const place of places) versions.set(place.path, versionsIn(await read(place.path), place));
  const notes = notesOf(changelog, version);
  const problems = judgeRelease(version, {
    changes: await lines("git", "status", "--porcelain"),
    // The tag of this very commit starts what publishes it.
    tags: await lines("git", "tag", "--list", "v*", "--no-contains", "HEAD"),
    versions,
    notes,
  });
  if (problems.length > 0) refuse(problems);
  if (!flags.includes("--without-gate")) await run(Deno.execPath(), "task", "--quiet", "ok");
  const [commit = ""] = await lines("git", "rev-parse", "--short", "HEAD");
  console.log(`v${version} is ${commit}. Its tag publishes:\n`);
  for (const { name } of members) console.log(`  jsr   ${name}@${version}`);
  for (const name of programs) console.log(`  image asya-${name}:${version}`);
  console.log(`\nIt is announced with:\n\n${notes}\n`);
  if (!flags.includes("--push")) {
    console.log(
      "Nothing was tagged and nothing was published. --push makes the tag and pushes it.",
    );
    return;
  }
  await run("git", "tag", "--annotate", `v${version}`, "--message", `${notes}`);
  await run("git", "push", "origin", `v${version}`);
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, root));
}

/** What a command prints, in lines. */
async function lines(command: string, ...args: string[]): Promise<string[]> {
  return (await readOutput(command, args, root)).split("\n").filter((line) => line !== "");
}

/** Runs a command that shows what it does. */
async function run(command: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args, cwd: root }).spawn().status;
  if (!success) refuse([`${command} ${args.slice(0, 3).join(" ")} fails; above is why`]);
}

function refuse(problems: readonly string[]): never {
  for (const problem of problems) console.error(`release: ${problem}`);
  Deno.exit(1);
}
