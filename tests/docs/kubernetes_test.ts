/**
 * docs/kubernetes.md, done as it says, at an API server with an operator.
 *
 * @module
 */
import assert from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";
import {
  findHelm,
  findKubectl,
  findPostgres,
  freePort,
  makeTempFolder,
  pathOf,
  startProgram,
} from "../kit/mod.ts";
import { startKube } from "../kit/kube.ts";
import { followPage } from "./follow_page.ts";

const PAGE = "docs/kubernetes.md";

const helm = await findHelm();
const kubectl = await findKubectl();
const postgres = await findPostgres();

/** Folders of commands that the path may not have. */
const FOLDERS = [helm, kubectl].map(({ command }) => command)
  .filter((command) => command.includes("/")).map((command) => command.replace(/\/[^/]*$/, ""));

Deno.test({
  name: "[T1] [E6] what docs/kubernetes.md tells operators to do works as it stands",
  ignore: helm.isMissing || kubectl.isMissing || postgres.isMissing,
  async fn() {
    await using folder = await makeTempFolder();
    for (const name of ["main.js", "mod.ts"]) await folder.write(name, "// a program\n");
    await using database = await postgres.createDatabase();
    const releases = new URL(database.url);
    releases.searchParams.set("sslmode", "disable");
    await using kube = await startKube();
    const operator = startProgram("operator", {
      env: {
        KUBECONFIG: kube.kubeconfig,
        ASYA_LEADER_ELECTION: "false",
        ASYA_OPERATOR_ADDR: `127.0.0.1:${freePort()}`,
        ASYA_RUNTIME_BUNDLE: folder.path,
      },
    });
    await using _operator = await operator;
    await followPage(PAGE, {
      ASYA: pathOf("").replace(/\/$/, ""),
      KUBECONFIG: kube.kubeconfig,
      // What helm keeps of releases it writes in a form that only a real API server reads.
      HELM_DRIVER: "sql",
      HELM_DRIVER_SQL_CONNECTION_STRING: releases.href,
      PATH: [...FOLDERS, Deno.env.get("PATH")].join(":"),
    });
  },
});

Deno.test("[T2] docs/kubernetes.md explains every reason of a condition, and no other", async () => {
  const root = new URL("../../", import.meta.url);
  const sources = (await listFiles(root)).filter((path) =>
    /^operator\/(desired|reconcile)\/[a-z_]+\.ts$/.test(path) && !path.endsWith("_test.ts") &&
    !path.endsWith("happening.ts")
  );
  const reasons = new Set<string>();
  for (const path of sources) {
    const text = await Deno.readTextFile(pathOf(path));
    const said = [
      ...text.matchAll(/\breason: (?:[^"\n]{0,40}\? )?"([A-Z]\w+)"(?: : "([A-Z]\w+)")?/g),
      ...text.matchAll(
        /\b(?:refuse|say)\(\s*(?:isWorkload\(\w+\) \? )?"([A-Z]\w+)"(?: : "([A-Z]\w+)")?/g,
      ),
    ];
    for (const [, one, other] of said) for (const name of [one, other]) if (name) reasons.add(name);
  }
  const page = await Deno.readTextFile(pathOf(PAGE));
  const [, table = ""] = /^\| reason [^]*?\n([^]*?)\n\n/m.exec(page) ?? [];
  const explained = Array.from(
    table.matchAll(/^\| ([^|]*)\|/gm),
    ([, cell = ""]) => Array.from(cell.matchAll(/`(\w+)`/g), ([, name = ""]) => name),
  ).flat();
  assert.deepEqual(explained.toSorted(), [...reasons].toSorted());
});
