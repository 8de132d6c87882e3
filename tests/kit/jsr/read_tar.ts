const BLOCK = 512;

/** Kinds of entries that are files, by the letter in an entry's header. */
const FILE_KINDS = new Set(["0", "\0"]);

/** A kind of entry that only says more about the next one, such as a name of any length. */
const EXTENDED = "x";

/**
 * Reads a tar archive, as packages are sent in.
 *
 * @param archive its bytes, not compressed
 * @returns each file's content, by its path
 */
export function readTar(archive: Uint8Array<ArrayBuffer>): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const header = archive.subarray(at, at + BLOCK);
    const size = parseInt(textOf(header, 124, 12), 8);
    const content = archive.slice(at + BLOCK, at + BLOCK + size);
    const kind = String.fromCharCode(header[156] ?? 0);
    const name = [textOf(header, 345, 155), textOf(header, 0, 100)].filter(Boolean).join("/");
    if (kind === EXTENDED) longName = pathOf(content);
    else if (FILE_KINDS.has(kind)) files.set((longName ?? name).replace(/^\.?\//, ""), content);
    if (kind !== EXTENDED) longName = undefined;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** The text of a field, which ends at its first zero. */
function textOf(header: Uint8Array, from: number, length: number): string {
  const [text = ""] = new TextDecoder().decode(header.subarray(from, from + length)).split("\0");
  return text.trim();
}

/** The path in an extended header, whose lines are `LENGTH NAME=VALUE`. */
function pathOf(content: Uint8Array): string | undefined {
  return /^\d+ path=(.*)$/m.exec(new TextDecoder().decode(content))?.[1];
}

/**
 * The bytes of a stream that was compressed with gzip.
 *
 * @param compressed what was sent
 */
export async function gunzip(
  compressed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).bytes();
}
