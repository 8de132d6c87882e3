import { gunzip, readTar } from "./read_tar.ts";

/** One version of a package, as it was published. */
export interface PublishedPackage {
  /** As `@scope/name`. */
  readonly name: string;
  readonly version: string;
  /** Entry points, each with the path of its module. */
  readonly exports: Readonly<Record<string, string>>;
  /** Its files, by their path from the package's root. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/**
 * Reads what `deno publish` sends.
 *
 * @param archive a tar archive, compressed with gzip
 * @param configPath where its `deno.json` is in there
 */
export async function readPackage(
  archive: Uint8Array<ArrayBuffer>,
  configPath: string,
): Promise<PublishedPackage> {
  const files = readTar(await gunzip(archive));
  const config = files.get(configPath.replace(/^\//, ""));
  if (config === undefined) throw new Error(`the archive has no ${configPath}`);
  const { name, version, exports } = JSON.parse(new TextDecoder().decode(config));
  return {
    name,
    version,
    exports: typeof exports === "string" ? { ".": exports } : exports,
    files,
  };
}

/** What a registry says of all versions of a package: here there is one. */
export function packageMeta({ name, version }: PublishedPackage): unknown {
  const [scope = "", short] = name.slice(1).split("/");
  const versions = { [version]: { createdAt: "2026-01-01T00:00:00.000Z" } };
  return { scope, name: short, latest: version, versions };
}

/** What a registry says of one version: its entry points, and each file with its checksum. */
export async function versionMeta({ files, exports }: PublishedPackage): Promise<unknown> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, content] of files) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    manifest[`/${path}`] = { size: content.length, checksum: `sha256-${hash.toHex()}` };
  }
  return { manifest, exports };
}
