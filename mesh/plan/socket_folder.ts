/** What the system takes as the path of a socket, in bytes. */
export const MAX_SOCKET_PATH_BYTES = 107;

/**
 * Whether every socket of a mesh fits into a folder, by the length of its path.
 *
 * @param folder where the sockets would be
 * @param names names of the sockets, without folder and ending
 * @example
 * ```ts
 * import { fitsSockets } from "./socket_folder.ts";
 * import assert from "node:assert/strict";
 * assert.equal(fitsSockets("/home/ada/mesh/.asya/run", ["ocr", "happy-end"]), true);
 * assert.equal(fitsSockets(`/${"deep/".repeat(30)}`, ["ocr"]), false);
 * ```
 */
export function fitsSockets(folder: string, names: readonly string[]): boolean {
  const encoder = new TextEncoder();
  return names.every((name) =>
    encoder.encode(`${folder}/${name}.sock`).length <= MAX_SOCKET_PATH_BYTES
  );
}
