import assert from "node:assert/strict";
import { startContainer } from "../../kit/images/container.ts";
import { type Image, imageOf } from "../../kit/images/dockerfile.ts";
import {
  answersOk,
  freePort,
  GatewayClient,
  parseGrants,
  parseUses,
  poll,
  type RunningProcess,
  type TempFolder,
  ungranted,
  usersOf,
} from "../../kit/mod.ts";
import { makeVolume, OUTSIDE, stages } from "./containers.ts";

const TOOLS = `tools:
  - name: greet
    description: Greets somebody twice
    parameters: { name: { type: string, required: true, description: Whom } }
    route: [loaded, compiled]
`;

/** Loaded at its start, with what its own image may read. */
const HANDLER = `
import { type HandlerMessage } from "@asya/runtime";
import { loud } from "./loud.ts";
export const shout = ({ payload }: HandlerMessage<{ name: string }>) =>
  ({ name: loud(payload.name) });
`;

/**
 * A whole mesh: gateway, two sidecars of each kind, a handler that is loaded and one that is
 * compiled in, and the compiled actor where routes end. Its containers end with their work done, and
 * have used every kind of permission that they were given.
 *
 * @param folder for their files
 * @param dist what was built
 */
export async function carryOne(folder: TempFolder, dist: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const gateway = `127.0.0.1:${freePort()}`;
  const data = await makeVolume(folder, "data");
  const config = await makeVolume(folder, "config");
  const app = await makeVolume(folder, "app");
  await folder.write("config/tools.yaml", TOOLS);
  await folder.write("app/shout.ts", HANDLER);
  await folder.write("app/loud.ts", "export const loud = (word: string) => word.toUpperCase();");
  const queues = { ASYA_TRANSPORT: "sqlite", ASYA_SQLITE_PATH: "/var/lib/asya/queues.db" };
  const toGateway = { ASYA_GATEWAY_URL: `http://${gateway}` };
  const audits = await makeVolume(folder, "audits");
  const start = async (
    name: string,
    image: Image,
    env: Readonly<Record<string, string>>,
    volumes: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ) =>
    stack.use(
      await startContainer({
        ...{ name, image, dist, folder, args },
        env: { ...env, DENO_AUDIT_PERMISSIONS: `/var/audits/${name}.jsonl` },
        volumes: { ...volumes, "/var/audits": audits },
      }),
    );
  const processes: RunningProcess[] = [
    await start("gateway", imageOf(stages, "gateway-deno"), {
      ...queues,
      ASYA_GATEWAY_HOST: "127.0.0.1",
      ASYA_GATEWAY_PORT: gateway.split(":")[1] ?? "",
      ASYA_DATABASE_URL: "sqlite:/var/lib/asya/jobs.db",
      ASYA_CONFIG_PATH: "/etc/asya/tools.yaml",
    }, { "/var/lib/asya": data, "/etc/asya": config }),
  ];
  const addActor = async (
    name: string,
    [sidecar, host]: readonly [Image, Image],
    env: { readonly sidecar?: Record<string, string>; readonly host: Record<string, string> },
    volumes: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ) => {
    const sockets = { "/tmp/sockets": await makeVolume(folder, `sockets-${name}`) };
    const hosting = await start(`${name}-host`, host, env.host, { ...sockets, ...volumes }, args);
    const metrics = `127.0.0.1:${freePort()}`;
    const own = { ASYA_QUEUE_NAME: name, ASYA_METRICS_ADDR: metrics, ...env.sidecar };
    const carrying = await start(`${name}-sidecar`, sidecar, { ...queues, ...toGateway, ...own }, {
      ...sockets,
      "/var/lib/asya": data,
    });
    processes.push(carrying, hosting);
    return metrics;
  };
  const image = (name: string) => imageOf(stages, name);
  const metrics = [
    await addActor(
      "loaded",
      [image("sidecar-deno"), image("runtime-deno")],
      { host: { ASYA_HANDLER: "./shout.ts#shout" } },
      { "/app": app },
    ),
    await addActor("compiled", [image("sidecar"), image("runtime")], { host: {} }),
    await addActor("happy-end", [image("sidecar"), image("actors")], {
      sidecar: { ASYA_IS_TERMINAL: "true" },
      host: {
        ...toGateway,
        ASYA_HANDLER: "./happy_end.js#HappyEnd.handle",
        ASYA_IS_TERMINAL: "true",
        ASYA_RESULTS_DIR: "/var/lib/asya/results",
      },
    }, { "/var/lib/asya": data }),
  ];
  for (const address of [gateway, ...metrics]) {
    const isReady = () => {
      const ended = processes.find(({ status }) => status);
      if (ended) throw new Error(`${ended.name} ended:\n${ended.output}`);
      return answersOk(`http://${address}/readyz`);
    };
    await poll(`${address} to be ready`, isReady, { timeoutMs: 30_000 });
  }
  const client = new GatewayClient(`http://${gateway}`);
  const id = await client.call("greet", { name: "Ada" });
  const updates = await client.updates(id, AbortSignal.timeout(20_000));
  const outputs = () => processes.map(({ output }) => output).join("\n");
  assert.equal(updates.at(-1)?.status, "Succeeded", outputs());
  assert.deepEqual((await client.job(id)).result, { greeting: "Hello, ADA!" });
  for (const process of processes) {
    assert.deepEqual(usersOf(process.pid), [OUTSIDE], process.name);
    assert.equal((await process.stop()).code, 0, process.output);
  }
  for (const [name, target] of [["gateway", "gateway"], ["loaded-sidecar", "sidecar"]] as const) {
    const uses = parseUses((await Deno.readTextFile(`${audits}/${name}.jsonl`)).split("\n"));
    const used = new Set(uses.map(({ kind }) => kind));
    const grants = parseGrants(image(`${target}-deno`).entrypoint);
    // Variables that are not granted look unset, to libraries that ask for theirs.
    assert.deepEqual(ungranted(uses, grants).filter(({ kind }) => kind !== "env"), [], name);
    assert.deepEqual(grants.filter(({ kind }) => !used.has(kind)), [], `${name} has no use for it`);
  }
  const refused = await start("refused", image("runtime"), {}, {
    "/tmp/sockets": await makeVolume(folder, "sockets-refused"),
  }, ["--allow-net"]);
  assert.equal((await refused.ended()).code, 2);
  assert.match(
    refused.output,
    /"--allow-net" comes too late; allowed: none, since the permissions/,
  );
}
