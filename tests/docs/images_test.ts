import assert from "node:assert/strict";
import { pathOf } from "../kit/mod.ts";
import { imageOf, readStages } from "../kit/images/dockerfile.ts";
import { programs } from "../../tools/images/plan_executables.ts";
import { followPage } from "./follow_page.ts";
import { readBlocks } from "./page.ts";

const PAGE = "docs/images.md";

Deno.test("[T1] images.md: what is typed to build images prints what it shows", async () => {
  await followPage(PAGE, { ASYA: pathOf("").replace(/\/$/, ""), BASE: "", OTEL_DENO: "" });
});

Deno.test("[T2] images.md names every image, and the folders that they may read", async () => {
  const page = await Deno.readTextFile(pathOf(PAGE));
  const stages = readStages(await Deno.readTextFile(pathOf("Dockerfile")));
  for (const program of programs) {
    assert(page.includes(`\`asya-${program}:TAG\``), program);
    const { entrypoint } = imageOf(stages, `${program}-deno`);
    const folders = entrypoint.flatMap((word) =>
      /^--allow-read=(.*)$/.exec(word)?.[1]?.split(",") ?? []
    );
    for (const folder of folders.filter((folder) => folder !== "/")) {
      assert(page.includes(`| \`${folder}\``) || page.includes(`, \`${folder}\``), folder);
    }
  }
});

Deno.test("[T2] images.md: containers that it starts have volumes where their image looks", async () => {
  const stages = readStages(await Deno.readTextFile(pathOf("Dockerfile")));
  const commands = (await readBlocks(PAGE)).filter(({ language }) => language === "bash")
    .flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"))
    .filter((line) => line.startsWith("docker run "));
  assert.equal(commands.length, 3);
  for (const command of commands) {
    const words = command.split(/\s+/);
    for (const flag of ["--read-only", "--tmpfs", "--cap-drop"]) assert(words.includes(flag), flag);
    const [, program = "", isCompiled] = /^asya-([a-z]+):[\d.]+(-compiled)?$/
      .exec(words.at(-1) ?? "") ?? [];
    assert(imageOf(stages, isCompiled ? program : `${program}-deno`));
    const { entrypoint } = imageOf(stages, `${program}-deno`);
    const folders = entrypoint.flatMap((word) => /^--allow-read=(.*)$/.exec(word)?.[1]?.split(","));
    const places = Array.from(command.matchAll(/--volume [^\s:]+:([^\s:]+)/g), ([, at = ""]) => at);
    assert(places.length > 0);
    for (const place of places) {
      assert(folders.some((folder) => folder && `${place}/`.startsWith(folder)), place);
    }
  }
});
