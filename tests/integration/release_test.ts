import assert from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";
import { makeTempFolder } from "../kit/mod.ts";

const root = new URL("../../", import.meta.url);

/** What a checkout asks of a tool that releases it. */
const FLAGS = ["--no-prompt", "--allow-read", "--allow-write", "--allow-run"];

Deno.test("[T7] a release is prepared, told and refused, and nothing is tagged unasked", async (t) => {
  await using folder = await makeTempFolder();
  const run = async (command: string, ...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args,
      cwd: folder.path,
      env: { NO_COLOR: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
      stdin: "null",
    }).output();
    const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, out, err };
  };
  const git = async (...args: string[]) => {
    const who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    const { code, out, err } = await run("git", ...who, ...args);
    assert.equal(code, 0, err);
    return out;
  };
  const release = (...args: string[]) =>
    run(Deno.execPath(), "run", ...FLAGS, "tools/release.ts", ...args);

  // The checkout as it is, committed in a repository of its own.
  const { success } = await new Deno.Command("cp", {
    args: ["--parents", "--no-dereference", "-t", folder.path, ...await listFiles(root)],
    cwd: root,
  }).output();
  assert(success);
  await git("init", "--quiet");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "all");

  await t.step("a version is a word to make and to the shell, whatever it says", async () => {
    const version = '1.2.3";touch pwned;"$(shell touch pwned)`touch pwned`';
    for (const target of ["release", "release-prepare"]) {
      const { code, stdout } = await new Deno.Command("make", {
        args: ["--no-print-directory", target, "DENO=echo"],
        cwd: folder.path,
        env: { VERSION: version },
        stdin: "null",
      }).output();
      assert.equal(code, 0);
      const said = new TextDecoder().decode(stdout).trimEnd();
      assert(said.endsWith(` ${version}`), said);
    }
    assert.equal(await git("status", "--porcelain"), "");
  });

  await t.step("what was not prepared is refused, with all that is missing", async () => {
    const { code, out, err } = await release("98.0.0", "--without-gate");
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, /^release: runtime\/deno\.json says \S+; make release-prepare/m);
    assert.match(err, /^release: deploy\/helm-charts\/asya-gateway\/Chart\.yaml says /m);
    assert.match(err, /^release: CHANGELOG\.md has nothing below/m);
  });

  await t.step("preparing writes the version everywhere, and leaves it to a person", async () => {
    const { code, out, err } = await release("prepare", "98.0.0");
    assert.equal(code, 0, err);
    const changed = await git("diff", "--name-only");
    const files = changed.trim().split("\n").length;
    assert.match(out, new RegExp(`^this is 98\\.0\\.0: ${files} files are not committed; `, "m"));
    for (const path of ["runtime/deno.json", "Dockerfile", "CHANGELOG.md", "operator/README.md"]) {
      assert.match(changed, new RegExp(`^${path}$`, "m"));
    }
    const dirty = await release("98.0.0", "--without-gate");
    assert.equal(dirty.code, 1);
    assert.match(dirty.err, /^release: \d+ files are not committed: /m);
  });

  await t.step("what is in order is told, and not done", async () => {
    await git("commit", "--quiet", "--all", "--message", "98.0.0");
    const { code, out, err } = await release("98.0.0", "--without-gate");
    assert.equal(code, 0, err);
    for (const line of ["jsr   @asya/runtime@98.0.0", "image asya-gateway:98.0.0"]) {
      assert(out.includes(`  ${line}\n`), out);
    }
    assert.match(out, /^### (Added|Changed|Fixed)$/m);
    assert.match(out, /Nothing was tagged and nothing was published/);
    assert.equal(await git("tag"), "");
    assert.equal(await git("status", "--porcelain"), "");
  });

  await t.step("a version that is there is not released again", async () => {
    assert.match((await release("notes", "98.0.0")).out, /^### /m);
    await git("tag", "v98.0.0");
    assert.equal((await release("98.0.0", "--without-gate")).code, 0, "its own tag starts it");
    await git("commit", "--quiet", "--allow-empty", "--message", "more");
    assert.match((await release("98.0.0", "--without-gate")).err, /98\.0\.0 is released already/);
  });
});
