/** One version of a package, as `deno.lock` has it. */
interface LockedPackage {
  readonly integrity?: string;
  readonly dependencies?: readonly string[];
}

/** Packages of a lock, by name and version as it writes them. */
type Locked = Readonly<Record<string, LockedPackage>>;

/** The keys of a lock, by the names of packages. */
type Versions = ReadonlyMap<string, readonly string[]>;

/**
 * Makes a cache of Deno with some packages from npm, and all that they need: whoever uses it finds
 * every one in the version of the lock, without asking the registry.
 *
 * @param names of the packages
 * @param lockText the text of `deno.lock`
 * @param from Deno's cache on this machine, where they are installed
 * @param to the folder of the new one
 * @param registryUrl what whoever uses it takes for the registry, as `http://127.0.0.1:4873/`
 */
export async function linkNpmCache(
  names: Iterable<string>,
  lockText: string,
  from: string,
  to: string,
  registryUrl: string,
): Promise<void> {
  const locked: Locked = JSON.parse(lockText).npm;
  const all = Map.groupBy(Object.keys(locked), (key) => splitKey(key).name);
  const installed = await findInstalled(from, all.keys());
  const needed = Map.groupBy(findNeeded(names, locked, all), (key) => splitKey(key).name);
  for (const [name, keys] of needed) {
    // Deno's name for packages from such an address is its port.
    const folder = `${to}/npm/${new URL(registryUrl).port}/${name}`;
    const described = keys.map((key) => describeVersion(key, locked[key] ?? {}, all, registryUrl));
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/registry.json`, describePackage(name, described));
    const versions = described.map(({ version }) => `${installed}/${name}/${version}`);
    await copyFolders(versions, folder);
  }
}

/** The folder of the registry, or of a mirror of it, that packages of the lock came from. */
async function findInstalled(from: string, names: Iterable<string>): Promise<string> {
  const wanted = new Set(names);
  for await (const registry of Deno.readDir(`${from}/npm`)) {
    const folder = `${from}/npm/${registry.name}`;
    for await (const { name } of Deno.readDir(folder)) if (wanted.has(name)) return folder;
  }
  throw new Error(`${from}/npm has no package of deno.lock; \`make deps\` installs every one`);
}

/** Every package of the lock that some need, by its key there. */
function findNeeded(names: Iterable<string>, locked: Locked, all: Versions): Set<string> {
  const needed = new Set<string>();
  const visit = (name: string, version?: string) => {
    for (const key of all.get(name) ?? []) {
      if (needed.has(key) || (version && splitKey(key).version !== version)) continue;
      needed.add(key);
      for (const text of locked[key]?.dependencies ?? []) {
        const wanted = splitKey(text);
        visit(wanted.name, wanted.version);
      }
    }
  };
  for (const name of names) visit(name);
  return needed;
}

/** Copies folders: as further names of the same files, where both are on one disk. */
async function copyFolders(folders: readonly string[], to: string): Promise<void> {
  const copy = (flags: string) =>
    new Deno.Command("cp", { args: [flags, ...folders, to] }).output();
  if ((await copy("-rl")).success || (await copy("-r")).success) return;
  throw new Error(`${folders.join(", ")} cannot be copied; \`make deps\` installs every package`);
}

/** Older than any age that a version may have to have. */
const LONG_AGO = "2020-01-01T00:00:00.000Z";

/** What the registry says of one version. */
type Described = ReturnType<typeof describeVersion>;

function describePackage(name: string, versions: readonly Described[]): string {
  const latest = versions.at(-1)?.version;
  const byVersion = Object.fromEntries(versions.map((one) => [one.version, one]));
  return JSON.stringify({
    name,
    "dist-tags": { latest },
    versions: byVersion,
    // Without the age of each version, all of it, Deno asks the registry once more.
    time: Object.fromEntries(versions.map(({ version }) => [version, LONG_AGO])),
    "_deno.packumentFormat": "full",
  });
}

/** Dependencies are exactly those that the lock chose. */
function describeVersion(
  key: string,
  { integrity, dependencies = [] }: LockedPackage,
  versions: Versions,
  registryUrl: string,
) {
  const { name, version } = splitKey(key);
  const chosen = dependencies.map((text): [string, string] => {
    const wanted = splitKey(text);
    const [only = ""] = versions.get(wanted.name) ?? [];
    return [wanted.name, wanted.version || splitKey(only).version];
  });
  const tarball = `${registryUrl}${name}/-/${version}.tgz`;
  return { version, dist: { tarball, integrity }, dependencies: Object.fromEntries(chosen) };
}

/** `@a/b@1.0.0_c@2.0.0` is a package, its version, and what it was chosen beside. */
function splitKey(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  if (at < 0) return { name: key, version: "" };
  const [version = ""] = key.slice(at + 1).split("_");
  return { name: key.slice(0, at), version };
}
