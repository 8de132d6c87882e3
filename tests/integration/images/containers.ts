import assert from "node:assert/strict";
import { actorCrd } from "../../../operator/actor/actor_crd.ts";
import { startContainer } from "../../kit/images/container.ts";
import { imageOf, readStages } from "../../kit/images/dockerfile.ts";
import { type NewObject, startKube } from "../../kit/kube.ts";
import { answersOk, freePort, pathOf, poll, type TempFolder, usersOf } from "../../kit/mod.ts";

/** Who every image runs as. */
const USER = 65_532;

/** Who that is outside of a container: who is not root can be nobody else there. */
export const OUTSIDE = Deno.uid() === 0 ? USER : Deno.uid();

/** The stages of our Dockerfile. */
export const stages = readStages(await Deno.readTextFile(pathOf("Dockerfile")));

/** What a program that was broken into could do, whatever Deno allows. */
const BREAK_OUT = `
const canWrite = (path) => { try { Deno.writeTextFileSync(path, ""); return true; } catch { return false; } };
const paths = ["/x", "/opt/asya/runtime/main.js", "/usr/local/bin/deno", "/etc/x", "/dev/x", "/tmp/x", "/app/x"];
console.log(JSON.stringify({
  writes: paths.filter(canWrite),
  owner: [Deno.uid(), Deno.gid()],
  cwd: Deno.cwd(),
  programs: ["/bin", "/sbin", "/usr/bin", "/usr/sbin"].filter((path) => {
    try { return [...Deno.readDirSync(path)].length > 0; } catch { return false; }
  }),
}));`;

/**
 * Does in a container what somebody would try who got hold of its program.
 *
 * @param folder for its files
 * @param dist what was built
 */
export async function tryToWrite(folder: TempFolder, dist: string): Promise<void> {
  const app = await makeVolume(folder, "app-of-its-own");
  await using container = await startContainer({
    name: "broken",
    image: { ...imageOf(stages, "runtime-deno"), entrypoint: ["deno", "eval", BREAK_OUT] },
    ...{ dist, folder, env: {}, volumes: { "/app": app } },
  });
  assert.equal((await container.ended()).code, 0, container.output);
  assert.deepEqual(JSON.parse(container.output), {
    writes: ["/tmp/x", "/app/x"],
    owner: [USER, USER],
    cwd: "/app",
    programs: [],
  });
}

/**
 * Runs the operator by both of its images, beside an API server.
 *
 * @param folder for their files
 * @param dist what was built
 */
export async function operate(folder: TempFolder, dist: string): Promise<void> {
  await using kube = await startKube({ crds: [actorCrd as unknown as NewObject] });
  const config = await makeVolume(folder, "kube");
  await Deno.copyFile(kube.kubeconfig, `${config}/kubeconfig`);
  await Deno.chmod(`${config}/kubeconfig`, 0o444);
  for (const target of ["operator-deno", "operator"]) {
    const address = `127.0.0.1:${freePort()}`;
    await using operator = await startContainer({
      name: target,
      image: imageOf(stages, target),
      ...{ dist, folder },
      env: { KUBECONFIG: "/etc/asya/kubeconfig", ASYA_OPERATOR_ADDR: address },
      volumes: { "/etc/asya": config },
    });
    await operator.waitForLine("this replica works", 20_000);
    assert(await answersOk(`http://${address}/readyz`), target);
    assert.deepEqual(usersOf(operator.pid), [OUTSIDE], target);
    assert.equal((await operator.stop()).code, 0, operator.output);
  }
}

/**
 * Runs a gateway by its executable, from its start to its end.
 *
 * @param folder for its files
 * @param dist what was built
 */
export async function serveAlone(folder: TempFolder, dist: string): Promise<void> {
  const port = String(freePort());
  await using gateway = await startContainer({
    name: "alone",
    image: imageOf(stages, "gateway"),
    ...{ dist, folder },
    env: {
      ASYA_GATEWAY_HOST: "127.0.0.1",
      ASYA_GATEWAY_PORT: port,
      ASYA_TRANSPORT: "sqlite",
      ASYA_SQLITE_PATH: "/tmp/queues.db",
    },
  });
  await poll("the gateway to be ready", () => answersOk(`http://127.0.0.1:${port}/readyz`));
  assert.deepEqual(usersOf(gateway.pid), [OUTSIDE]);
  assert.equal((await gateway.stop()).code, 0, gateway.output);
}

/**
 * Makes a folder that containers may write to.
 *
 * @param folder where
 * @param name its name there
 */
export async function makeVolume(folder: TempFolder, name: string): Promise<string> {
  const path = folder.at(name);
  await Deno.mkdir(path, { recursive: true });
  if (Deno.uid() === 0) await Deno.chown(path, USER, USER);
  return path;
}
