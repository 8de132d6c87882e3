import assert from "node:assert/strict";
import { parseMeshFile } from "../file/mesh_file.ts";
import { type MeshPlace, planMesh } from "./plan.ts";
import { planCheck, planSettingsCheck } from "./plan_check.ts";
import { findToolkit, type Toolkit } from "./toolkit.ts";

// the YAML library looks at these two for its own debugging
const pure: Pick<Deno.TestDefinition, "permissions"> = {
  permissions: { env: ["LOG_TOKENS", "LOG_STREAM"] },
};

const nothing = { env: [] };
const place: Omit<MeshPlace, "toolkit"> = {
  folder: "/home/ada/mesh",
  socketFolder: "/run/mesh",
  gatewayPort: 8080,
  ports: [20_001, 20_002, 20_003, 20_004],
  permissions: {
    gateway: nothing,
    sidecar: nothing,
    runtime: nothing,
    actors: { env: ["ASYA_*"] },
  },
  env: {},
  npmFolders: {},
  logLevel: "INFO",
};

function processesOf(toolkit: Toolkit) {
  const parsed = parseMeshFile(`
name: hello
actors:
  - { name: hello, handler: ./hello.ts }
tools:
  - { name: say_hello, route: [hello] }
`);
  assert(parsed.ok);
  const { processes } = planMesh(parsed.mesh, { ...place, toolkit });
  return (name: string) => {
    const found = processes.find((process) => process.name === name);
    assert(found, name);
    return found;
  };
}

Deno.test("[T3] programs from a registry are those of one version, and no project's", pure, () => {
  const toolkit = findToolkit("https://jsr.io/@asya/cli/1.2.3/run/read_toolkit.ts", "1.2.3");
  const process = processesOf(toolkit);
  for (const [name, main] of [["gateway", "gateway"], ["hello.sidecar", "sidecar"]] as const) {
    assert(process(name).args.includes(`jsr:@asya/${main}@1.2.3/main`), name);
    assert(process(name).args.includes("--no-config"), name);
  }
  const happyEnd = process("happy-end.runtime");
  assert.equal(happyEnd.env.ASYA_HANDLER, "jsr:@asya/actors@1.2.3/happy_end#HappyEnd.handle");
  assert.equal(happyEnd.cwd, "/home/ada/mesh");
  assert.equal(process("hello.runtime").env.ASYA_HANDLER, "./hello.ts");
});

Deno.test("[T3] programs in a checkout are its files, in its project", pure, () => {
  const process = processesOf({ folder: "/asya" });
  assert(process("gateway").args.includes("/asya/gateway/main.ts"));
  assert(!process("gateway").args.includes("--no-config"));
  const happyEnd = process("happy-end.runtime");
  assert.equal(happyEnd.env.ASYA_HANDLER, "./happy_end.ts#HappyEnd.handle");
  assert.equal(happyEnd.cwd, "/asya/actors");
});

Deno.test("[T3] a program that only looks is the same program, wherever it is", pure, () => {
  for (const toolkit of [{ folder: "/asya" }, { version: "1.2.3" }]) {
    const process = processesOf(toolkit);
    const { args } = planCheck(process("hello.runtime"), ["check"]);
    const at = args.indexOf("check");
    assert.match(
      args[at - 1] ?? "",
      /^(\/asya\/runtime\/main\.ts|jsr:@asya\/runtime@1\.2\.3\/main)$/,
    );
    const settings = planSettingsCheck(process("happy-end.runtime"), toolkit);
    assert.match(settings.args.at(-1) ?? "", /check_settings(\.ts)?$/);
    assert.equal(settings.args.includes("--no-config"), "version" in toolkit);
  }
});
