import { RunningProcess } from "../running_process.ts";
import { pathOf } from "../start_program.ts";
import type { TempFolder } from "../temp_folder.ts";
import type { CopiedFiles, Image } from "./dockerfile.ts";
import { readExecutable } from "./executable.ts";

/** Where an engine looks for commands, which no image of ours changes. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Where a stand-in has the modules of an executable, and the Deno that runs them. */
const STAND_IN = "/opt/stand-in";

/** What is run of an image, and with what. */
export interface ContainerOptions {
  readonly name: string;
  readonly image: Image;
  /** What `deno task build` and `deno task compile` have made. */
  readonly dist: string;
  /** Where the container's files are made. */
  readonly folder: TempFolder;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments behind the entry point. */
  readonly args?: readonly string[];
  /** Folders here, by their place in the container. */
  readonly volumes?: Readonly<Record<string, string>>;
}

/**
 * Flags of `unshare` for mounts that only a container sees; one who is not root is the image's user
 * in it, and has the rights of root over its mounts alone.
 *
 * @param user the image's, as numbers: `user:group`
 */
function namespaces(user: string): string[] {
  if (Deno.uid() === 0) return ["--mount"];
  const [uid, gid] = user.split(":");
  return ["--mount", "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--keep-caps"];
}

/** Whether containers can be made here: whether the kernel lets us have mounts of our own. */
export async function canContain(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const script = "mount -t tmpfs none /tmp && setpriv --no-new-privs true";
  const { success } = await new Deno.Command("unshare", {
    args: [...namespaces("65532:65532"), "sh", "-c", script],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/**
 * Starts a container: what the image's Dockerfile copies, by its entry point, with its environment,
 * as its user, in a read-only file system with no shell and no tools. It shares the machine's
 * network. An executable is run by the Deno that is here, from the modules and with the permissions
 * that were compiled into it.
 *
 * @param options image, settings, volumes
 */
export async function startContainer(options: ContainerOptions): Promise<RunningProcess> {
  const { name, image, dist, folder, args = [], volumes = {} } = options;
  const [root, layer] = [folder.at(`${name}/root`), folder.at(`${name}/layer`)];
  await Deno.mkdir(root, { recursive: true });
  for (const copied of image.copies) await copy(copied, { layer, dist });
  const mounts = Object.entries(volumes).map(([place, source]) => `${source}=${place}`).join(" ");
  return new RunningProcess({
    name,
    command: "/usr/bin/unshare",
    args: [
      ...namespaces(image.user),
      ...[pathOf("tests/kit/images/contain.sh"), root, layer, Deno.execPath()],
      ...[image.user, image.workdir, mounts, ...image.entrypoint, ...args],
    ],
    env: { PATH, ...image.env, ASYA_LOG_FORMAT: "json", ...options.env },
  });
}

/** Does what one `COPY` says. */
async function copy(
  { from, sources, to }: CopiedFiles,
  { layer, dist }: { readonly layer: string; readonly dist: string },
): Promise<void> {
  for (const source of sources) {
    const target = `${layer}${to}${to.endsWith("/") ? baseOf(source) : ""}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    if (source === "/empty") await Deno.mkdir(target);
    else if (from === "deno") await Deno.writeTextFile(target, "");
    else if (from === "compiler") {
      await standIn(layer, target, `${dist}/compiled/${baseOf(source)}`);
    } else await copyFiles(hereOf(source, dist), target, `${layer}${to}`);
  }
}

/** Where the builder's files are here. */
function hereOf(source: string, dist: string): string {
  if (source.startsWith("/src/dist/")) return source.replace("/src/dist", dist);
  // What the builder keeps for a faster start is left out.
  if (source.startsWith("/opt/asya/")) return source.replace("/opt/asya", dist);
  return pathOf(source.replace(/^\/src\//, ""));
}

/** Copies a file to its place, or what is in a folder to another folder. */
async function copyFiles(source: string, target: string, folder: string): Promise<void> {
  if ((await Deno.stat(source)).isFile) return await Deno.copyFile(source, target);
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(source)) {
    await Deno.copyFile(`${source}/${name}`, `${folder.replace(/\/$/, "")}/${name}`);
  }
}

/**
 * Puts a script in the place of an executable: it has the executable's modules run by Deno, with its
 * permissions, and lets them see what they would see in it.
 */
async function standIn(layer: string, target: string, executable: string): Promise<void> {
  const { flags, main, files } = readExecutable(await Deno.readFile(executable));
  await Deno.mkdir(`${layer}${STAND_IN}`, { recursive: true });
  for (const [name, bytes] of files) await Deno.writeFile(`${layer}${STAND_IN}/${name}`, bytes);
  await Deno.writeTextFile(`${layer}${STAND_IN}/deno`, "");
  const place = target.slice(layer.length);
  await Deno.writeTextFile(
    `${layer}${STAND_IN}/compiled.js`,
    `Object.defineProperty(Deno, "build", { value: { ...Deno.build, standalone: true } });\n` +
      `Object.defineProperty(Deno, "execPath", { value: () => ${JSON.stringify(place)} });\n`,
  );
  const words = ["run", "--quiet", ...withOwnFiles(flags), `--preload=${STAND_IN}/compiled.js`];
  const command = [...words, `${STAND_IN}/${main}`].map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(target, `#!/bin/sh\nexec ${STAND_IN}/deno ${command} "$@"\n`);
  await Deno.chmod(target, 0o755);
}

/** An executable may read what is in it, whatever else it may read. */
function withOwnFiles(flags: readonly string[]): string[] {
  const read = "--allow-read=";
  const others = flags.filter((flag) => !flag.startsWith(read));
  const own = flags.find((flag) => flag.startsWith(read));
  return [...others, own === undefined ? `${read}${STAND_IN}` : `${own},${STAND_IN}`];
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
