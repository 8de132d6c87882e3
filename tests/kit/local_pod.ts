import type { Container, PodTemplate, Volume } from "../../operator/actor/async_actor.ts";
import { platformEnv } from "./start_program.ts";
import { RunningProcess } from "./running_process.ts";
import type { TempFolder } from "./temp_folder.ts";

/** What a cluster has beside a pod. */
export interface PodSurroundings {
  /** Where the pod's volumes are made. */
  readonly folder: TempFolder;
  /** Entries of Secrets, by the Secret's name. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Entries of ConfigMaps, by name. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What images hold, by container: a folder in the image, and the one here. */
  readonly images: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The folder that a container's processes start in. */
  readonly workingDir: string;
}

/**
 * The containers of a pod as processes of this machine: command, arguments, environment and mounts
 * are those of the pod, its paths are led to folders here. Nobody else's user, no limits, no probes.
 */
export class LocalPod implements AsyncDisposable {
  readonly #running = new Map<string, RunningProcess>();
  /** Init containers that run on, beside the others. */
  readonly #native = new Set<RunningProcess>();

  /**
   * Runs the init containers, one after the other, and then starts the others.
   *
   * @param template the pod
   * @param around what a cluster has
   * @throws Error with what it wrote, when an init container fails
   */
  static async start(template: PodTemplate, around: PodSurroundings): Promise<LocalPod> {
    const { containers, initContainers = [], volumes = [] } = template.spec;
    await using stack = new AsyncDisposableStack();
    const pod = stack.use(new LocalPod());
    for (const volume of volumes) await makeVolume(volume, around);
    for (const container of initContainers) {
      const process = pod.#start(container, around);
      if (container.restartPolicy === "Always") pod.#native.add(process);
      else await pod.#complete(container.name);
    }
    for (const container of containers) pod.#start(container, around);
    stack.move();
    return pod;
  }

  /** The process of a container. */
  container(name: string): RunningProcess {
    const found = this.#running.get(name);
    if (!found) throw new Error(`there is no container ${name}`);
    return found;
  }

  /**
   * Ends the pod as the kubelet does: all containers are asked at once, and native sidecars when the
   * others have ended.
   *
   * @param graceSeconds what all of that may take
   * @returns exit codes, by name
   */
  async terminate(graceSeconds: number): Promise<Record<string, number>> {
    const graceMs = graceSeconds * 1_000;
    const all = [...this.#running.values()];
    const [native, others] = [
      all.filter((process) => this.#native.has(process)),
      all.filter((process) => !this.#native.has(process)),
    ];
    const giveUpAt = performance.now() + graceMs;
    for (const group of [others, native]) {
      for (const process of group) process.signal("SIGTERM");
      for (const process of group) await process.ended(giveUpAt - performance.now());
    }
    return Object.fromEntries(all.map((process) => [process.name, process.status?.code ?? -1]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#running.values()) await process[Symbol.asyncDispose]();
  }

  #start(container: Container, around: PodSurroundings): RunningProcess {
    const process = startContainer(container, around);
    this.#running.set(container.name, process);
    return process;
  }

  async #complete(name: string): Promise<void> {
    const process = this.container(name);
    const { code } = await process.ended();
    if (code !== 0) throw new Error(`${name} ended (${code}):\n${process.output}`);
    this.#running.delete(name);
  }
}

function startContainer(container: Container, around: PodSurroundings): RunningProcess {
  const { name, command = [], args = [], env = [] } = container;
  const values: Record<string, string> = {};
  for (const variable of env) {
    const value = valueOf(variable, around);
    values[variable.name] = place(expand(value, values), container, around);
  }
  const [executable = "", ...rest] = [...command, ...args].map((word) =>
    place(expand(word, values), container, around)
  );
  return new RunningProcess({
    name,
    command: executable,
    args: rest,
    env: { ...platformEnv(), ...values },
    cwd: around.workingDir,
  });
}

/** What the downward API says of every pod here. */
export const POD_FIELDS: Readonly<Record<string, string>> = {
  "metadata.name": "a-pod",
  "metadata.uid": "a-uid",
  "spec.nodeName": "a-node",
};

function valueOf(
  { value = "", valueFrom }: NonNullable<Container["env"]>[number],
  { secrets }: PodSurroundings,
): string {
  if (!valueFrom) return value;
  if (valueFrom.fieldRef) return fieldOf(valueFrom.fieldRef as { fieldPath: string });
  const { name, key } = valueFrom.secretKeyRef as { name: string; key: string };
  const found = secrets[name]?.[key];
  if (found === undefined) throw new Error(`there is no entry ${key} in a Secret ${name}`);
  return found;
}

function fieldOf({ fieldPath }: { readonly fieldPath: string }): string {
  const found = POD_FIELDS[fieldPath];
  if (found === undefined) throw new Error(`no test has needed the field ${fieldPath}`);
  return found;
}

/** What the kubelet makes of a text: `$(NAME)` is a value, `$$` is `$`. */
function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name?: string) => {
    if (name === undefined) return "$";
    return values[name] ?? all;
  });
}

/** Leads every absolute path in a text to where the container's volumes and image are. */
function place(text: string, container: Container, around: PodSurroundings): string {
  const places = [
    ...(container.volumeMounts ?? []).map(({ mountPath, name, subPath }) =>
      [mountPath, around.folder.at(subPath === undefined ? name : `${name}/${subPath}`)] as const
    ),
    ...Object.entries(around.images[container.name] ?? {}),
  ].sort(([a], [b]) => b.length - a.length);
  return text.replace(/(^|[=,:])(\/(?!\/)[^,]*)/g, (_, before: string, path: string) => {
    const found = places.find(([inside]) => path === inside || path.startsWith(`${inside}/`));
    return before + (found ? found[1] + path.slice(found[0].length) : path);
  });
}

/** Volumes with content are links to links, as the kubelet makes them. */
async function makeVolume(volume: Volume, around: PodSurroundings): Promise<void> {
  const folder = around.folder.at(volume.name);
  const files = contentOf(volume, around);
  await Deno.mkdir(`${folder}/..content`, { recursive: true });
  await Deno.symlink("..content", `${folder}/..data`);
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/..content/${name}`, text);
    await Deno.symlink(`..data/${name}`, `${folder}/${name}`);
  }
}

function contentOf(
  { name, configMap, emptyDir }: Volume,
  { configMaps }: PodSurroundings,
): Readonly<Record<string, string>> {
  if (emptyDir) return {};
  const files = configMaps[String((configMap as { name?: string } | undefined)?.name)];
  if (!files) throw new Error(`the volume ${name} is of a kind that no test has needed`);
  return files;
}
