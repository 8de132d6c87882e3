import { makeCertificates } from "../../certificates.ts";
import { freePort } from "../../free_port.ts";
import { poll } from "../../poll.ts";
import { runCommand } from "../../rabbitmq/run_command.ts";
import { pathOf, platformEnv } from "../../start_program.ts";
import { KubeClient } from "../client/kube_client.ts";
import { describeAccess, type KubeAccess } from "../client/kubeconfig.ts";
import {
  apiServerCommand,
  asShellLine,
  type CommandLine,
  controllersCommand,
  type ControlPlaneLayout,
  etcdCommand,
} from "./commands.ts";

/** How long it may take to be ready: about 10 s on an idle machine. */
const START_LIMIT_MS = 120_000;

/**
 * Starts etcd, kube-apiserver and, where it is there, kube-controller-manager. They end with this
 * process, and their folder goes with them.
 *
 * @param assets where the programs are, as `KUBEBUILDER_ASSETS` says
 * @param folder an empty one, for all that belongs to them
 * @returns the path of a kubeconfig file of an administrator
 * @throws Error where a program is missing, or does not start: with what it wrote
 */
export async function startControlPlane(assets: string, folder: string): Promise<string> {
  const withControllers = await findPrograms(assets);
  const certificates = await makeCertificates(folder);
  const ports = { etcd: freePort(), etcdPeers: freePort(), apiServer: freePort() };
  const access: KubeAccess = {
    url: `https://127.0.0.1:${ports.apiServer}`,
    ca: await Deno.readTextFile(certificates.ca),
    token: crypto.randomUUID(),
  };
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
    return `${folder}/${name}`;
  };
  const layout: ControlPlaneLayout = {
    assets,
    folder,
    ports,
    tls: { ca: certificates.ca, ...certificates.server },
    accounts: await makeAccountKeys(write),
    tokenFile: await write("tokens.csv", `${access.token},admin,admin,"system:masters"\n`),
    kubeconfig: await write("kubeconfig.yaml", describeAccess(access)),
    hasControllers: withControllers,
  };
  // What is to run is seen only once it is there as a whole.
  const run = async (name: string, command: CommandLine) => {
    const path = await write(`${name}.new`, asShellLine(command));
    await Deno.rename(path, `${folder}/${name}.run`);
  };
  await run("etcd", etcdCommand(layout));
  await run("kube-apiserver", apiServerCommand(layout));
  await runCommand("sh", [
    "-c",
    `sh "$0" "$@" >/dev/null 2>&1 </dev/null &`,
    pathOf("tests/kit/kube/real/serve.sh"),
    String(Deno.pid),
    folder,
  ], platformEnv());
  await waitUntilReady(access, folder);
  if (withControllers) await run("kube-controller-manager", controllersCommand(layout));
  return layout.kubeconfig;
}

/** Looks for the programs, and says whether controllers are among them. */
async function findPrograms(assets: string): Promise<boolean> {
  for (const name of ["etcd", "kube-apiserver"]) {
    if (await hasFile(`${assets}/${name}`)) continue;
    throw new Error(
      `KUBEBUILDER_ASSETS is ${assets}, where there is no ${name}: it has to name a folder with ` +
        "etcd and kube-apiserver, such as `setup-envtest use 1.36 --print path` prints",
    );
  }
  return await hasControllers(assets);
}

/** Whether kube-controller-manager is among the programs: envtest's own bundles have none. */
export async function hasControllers(assets: string): Promise<boolean> {
  return await hasFile(`${assets}/kube-controller-manager`);
}

async function hasFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

/** Keys by which the server knows the tokens that it gave to service accounts. */
async function makeAccountKeys(
  write: (name: string, text: string) => Promise<string>,
): Promise<ControlPlaneLayout["accounts"]> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const save = async (format: "pkcs8" | "spki", key: CryptoKey, label: string, name: string) => {
    const text = new Uint8Array(await crypto.subtle.exportKey(format, key)).toBase64();
    const lines = text.match(/.{1,64}/g) ?? [];
    const pem = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
    return await write(name, pem);
  };
  return {
    privateKey: await save("pkcs8", pair.privateKey, "PRIVATE KEY", "accounts-key.pem"),
    publicKey: await save("spki", pair.publicKey, "PUBLIC KEY", "accounts.pem"),
  };
}

async function waitUntilReady(access: KubeAccess, folder: string): Promise<void> {
  using client = new KubeClient(access);
  const names = ["etcd", "kube-apiserver"];
  try {
    await poll("kube-apiserver to be ready", async () => {
      for (const name of names) {
        if (await hasFile(`${folder}/${name}.ended`)) throw new Error(`${name} ended`);
      }
      const answer = await client.send("GET", "/readyz").catch(() => undefined);
      return answer?.status === 200;
    }, { timeoutMs: START_LIMIT_MS, everyMs: 200 });
  } catch (error) {
    const logs = await Promise.all(names.map(async (name) => {
      const text = await Deno.readTextFile(`${folder}/${name}.log`).catch(() => "nothing");
      return `${name} wrote:\n${text.slice(-4000)}`;
    }));
    await Deno.writeTextFile(`${folder}/stop`, "");
    throw new Error(`the control plane did not start: ${error}\n${logs.join("\n")}`);
  }
}
