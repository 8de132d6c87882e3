/**
 * For the tests of the step `ocr`: the permissions that `mesh.yaml` gives it, and no other.
 *
 * @module
 */
import { parse } from "yaml";

/** The part of `mesh.yaml` that is read here. */
interface Mesh {
  readonly actors: readonly { name: string; permissions?: { read?: string[] } }[];
}

const mesh: Mesh = parse(Deno.readTextFileSync(new URL("mesh.yaml", import.meta.url)));
const ocr = mesh.actors.find((actor) => actor.name === "ocr");

/** Reading, as the file says; nothing else. */
export const ocrPermissions: Deno.PermissionOptionsObject = {
  env: false,
  ffi: false,
  net: false,
  read: ocr?.permissions?.read?.map(folderOf) ?? false,
  run: false,
  sys: false,
  write: false,
};

/** A path beside the file, or the folder of an npm package. */
function folderOf(entry: string): URL {
  return entry.startsWith("npm:")
    ? new URL(".", import.meta.resolve(entry.slice("npm:".length)))
    : new URL(entry, import.meta.url);
}
