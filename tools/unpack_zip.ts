/**
 * Unpacks a zip archive: `unpack_zip.ts ARCHIVE FOLDER`. It is here since Deno is the one program
 * that every checkout has. It knows what is in archives of programs, files as they are or
 * deflated, below 4 GB, and refuses the rest.
 *
 * @module
 */

/** Signatures and sizes of the records that it reads, all in the format's own order of bytes. */
const END = { signature: 0x06054b50, bytes: 22 } as const;
const ENTRY = { signature: 0x02014b50, bytes: 46 } as const;
const LOCAL_BYTES = 30;

/** One file of an archive. */
interface Entry {
  readonly name: string;
  /** 0: as it is, 8: deflated. */
  readonly method: number;
  readonly packedBytes: number;
  /** Where its own header begins. */
  readonly offset: number;
}

/** Reads the list of files, which stands at an archive's end. */
function* readEntries(archive: Uint8Array<ArrayBuffer>): Generator<Entry> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.byteLength - END.bytes;
  while (end >= 0 && view.getUint32(end, true) !== END.signature) end--;
  if (end < 0) throw new Error("this is no zip archive: its end has no list of files");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let read = 0; read < count; read++) {
    if (view.getUint32(at, true) !== ENTRY.signature) {
      throw new Error("the list of files is broken");
    }
    const nameBytes = view.getUint16(at + 28, true);
    yield {
      name: new TextDecoder().decode(
        archive.subarray(at + ENTRY.bytes, at + ENTRY.bytes + nameBytes),
      ),
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      offset: view.getUint32(at + 42, true),
    };
    at += ENTRY.bytes + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

/** The content of a file, as a stream. */
function open(archive: Uint8Array<ArrayBuffer>, entry: Entry): ReadableStream<Uint8Array> {
  const { name, method, packedBytes, offset } = entry;
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const begin = offset + LOCAL_BYTES + view.getUint16(offset + 26, true) +
    view.getUint16(offset + 28, true);
  const packed = new Blob([archive.subarray(begin, begin + packedBytes)]).stream();
  if (method === 0) return packed;
  if (method === 8) return packed.pipeThrough(new DecompressionStream("deflate-raw"));
  throw new Error(`${name} is packed by method ${method}; allowed: 0 (as it is), 8 (deflated)`);
}

const [path, folder] = Deno.args;
if (path === undefined || folder === undefined) {
  console.error("unpack_zip.ts needs an archive and a folder");
  Deno.exit(2);
}
const archive = await Deno.readFile(path);
for (const entry of readEntries(archive)) {
  if (entry.name.endsWith("/")) continue;
  if (entry.name.startsWith("/") || entry.name.split("/").includes("..")) {
    throw new Error(`${entry.name} leads out of the folder`);
  }
  const target = `${folder}/${entry.name}`;
  await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(target, open(archive, entry));
}
