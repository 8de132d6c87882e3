import assert from "node:assert/strict";
import { validate, type ValidatorSettings } from "dockerfile-utils";
import { imageFlags } from "../../tools/images/image_flags.ts";
import { programs } from "../../tools/images/plan_executables.ts";
import { imageOf, readStages } from "../kit/images/dockerfile.ts";
import { pathOf } from "../kit/mod.ts";
import { readPermissions } from "./images/read_permissions.ts";

const text = await Deno.readTextFile(pathOf("Dockerfile"));
const stages = readStages(text);

Deno.test("[Y4] a linter finds nothing in the Dockerfile", () => {
  const settings = {
    ...{ deprecatedMaintainer: 2, directiveCasing: 2, emptyContinuationLine: 2 },
    ...{ instructionCasing: 2, instructionCmdMultiple: 2, instructionEntrypointMultiple: 2 },
    ...{ instructionJSONInSingleQuotes: 2, instructionWorkdirRelative: 2 },
  } satisfies ValidatorSettings;
  assert.deepEqual(validate(text, settings).map(({ message }) => message), []);
  // It does find what is wrong.
  assert.notDeepEqual(validate(`${text}\nMAINTAINER me\nENTRYPOINT ['x']`, settings), []);
});

Deno.test("[Y4] every stage is used, and what comes from elsewhere has a version", async () => {
  const targets = new Set<string>(programs.flatMap((name) => [name, `${name}-deno`]));
  const used = stages.flatMap(({ parent, instructions }) => [
    parent,
    ...instructions.map((line) => /--from=(\S+)/.exec(line.toString())?.[1] ?? ""),
  ]);
  for (const { name, parent, instructions } of stages) {
    assert(name !== "" && (targets.has(name) || used.includes(name)), `${name} is not used`);
    const isOurs = parent === "scratch" || stages.some((other) => other.name === parent);
    assert(isOurs || /:(?!latest$)[\w.-]+$|@sha256:/.test(parent), `${parent} has no version`);
    assert(!instructions.some((line) => line.getKeyword() === "ADD"), `${name} adds`);
  }
  for (const from of text.matchAll(/--from=(\S+)/g)) {
    assert(stages.some(({ name }) => name === from[1]), `${from[1]} is no stage`);
  }
  const version = (await Deno.readTextFile(pathOf(".dvmrc"))).trim();
  assert.match(text, new RegExp(`^ARG DENO_VERSION=${version.replaceAll(".", "\\.")}$`, "m"));
});

Deno.test("[Y4] every image says what it is, and is nobody's who could change it", () => {
  for (const name of programs.flatMap((name) => [name, `${name}-deno`])) {
    const { base, user, labels, env, workdir } = imageOf(stages, name);
    assert.equal(base, "gcr.io/distroless/cc-debian12:nonroot", name);
    assert.equal(user, "65532:65532", name);
    assert(workdir.startsWith("/"), name);
    assert(env.DENO_DIR?.startsWith("/tmp/") || env.DENO_DIR?.startsWith("/opt/asya/"), name);
    for (
      const key of [
        ...["title", "description", "licenses", "version", "revision", "created", "source"],
        ...["vendor", "base.name"],
      ]
    ) {
      assert(labels[`org.opencontainers.image.${key}`], `${name} has no label ${key}`);
    }
    assert.equal(labels["org.opencontainers.image.title"], `asya-${name.replace("-deno", "")}`);
  }
});

Deno.test("[Y1] an entry point grants what its program may need, and nothing else", async () => {
  for (const program of programs.filter((program) => program !== "actors")) {
    const { entrypoint } = imageOf(stages, `${program}-deno`);
    assert.deepEqual(entrypoint, [
      ...["deno", "run", ...imageFlags(await readPermissions(program))],
      `/opt/asya/${program}/main.js`,
    ]);
    const compiled = imageOf(stages, program);
    assert.deepEqual(compiled.entrypoint, [`/usr/local/bin/asya-${program}`]);
  }
  for (const program of programs) {
    for (const flag of imageFlags(await readPermissions(program))) {
      assert.match(flag, /^--(no-prompt|ignore-env|v8-flags=|allow-(env|net|read|write|run|sys))/);
      // Any host may be in the settings; files lie where an image has them, sockets anywhere.
      if (flag !== "--allow-net") assert(!/^--allow-\w+$/.test(flag), flag);
      const writes = /^--allow-write=(.*)$/.exec(flag)?.[1]?.split(",") ?? [];
      const expected = ["sidecar", "runtime"].includes(program) ? ["/"] : ["/run", "/tmp", "/var"];
      assert(writes.every((path) => expected.includes(path)), `${program} ${flag}`);
    }
  }
});
