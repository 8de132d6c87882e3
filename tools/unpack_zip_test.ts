import assert from "node:assert/strict";

/** A record of the format: a signature, and numbers at places. */
function record(
  signature: number,
  length: number,
  numbers: Readonly<Record<number, number>>,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  for (const [at, value] of Object.entries(numbers)) view.setUint16(Number(at), value, true);
  return bytes;
}

/** An archive with one file, as it is or deflated, under a name. */
async function zipOf(path: string, text: string, method: 0 | 8 | 9): Promise<Uint8Array> {
  const name = new TextEncoder().encode(path);
  const content = new Blob([text]).stream();
  const deflate = new CompressionStream("deflate-raw");
  const packed = await new Response(method === 8 ? content.pipeThrough(deflate) : content).bytes();
  const [bytes, nameBytes] = [packed.length, name.length];
  const local = record(0x04034b50, 30, { 8: method, 18: bytes, 26: nameBytes });
  const listed = record(0x02014b50, 46, { 10: method, 20: bytes, 28: nameBytes });
  const listAt = local.length + nameBytes + bytes;
  const end = record(0x06054b50, 22, { 10: 1, 16: listAt });
  return await new Blob([local, name, packed, listed, name, end]).bytes();
}

/** Unpacks an archive in a folder of its own. */
async function unpack(archive: Uint8Array) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/a.zip`, archive);
    const script = new URL("unpack_zip.ts", import.meta.url).pathname;
    const allowed = [`--allow-read=${folder}`, `--allow-write=${folder}`];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-lock", "--no-prompt", ...allowed, script, `${folder}/a.zip`, folder],
    }).output();
    const problem = new TextDecoder().decode(stderr);
    return {
      problem: success ? "" : problem,
      text: success ? await Deno.readTextFile(`${folder}/in/b`) : "",
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const method of [0, 8] as const) {
  Deno.test(`a file that is packed by method ${method} is unpacked`, async () => {
    const text = "many many many words\n".repeat(100);
    assert.deepEqual(await unpack(await zipOf("in/b", text, method)), { problem: "", text });
  });
}

const refused: readonly (readonly [string, Promise<Uint8Array>, RegExp])[] = [
  ["no archive", Promise.resolve(new Uint8Array(100)), /this is no zip archive/],
  ["another method", zipOf("in/b", "x", 9), /in\/b is packed by method 9; allowed: 0 .* 8/],
  ["a way out", zipOf("../b", "x", 0), /\.\.\/b leads out of the folder/],
];

for (const [what, archive, expected] of refused) {
  Deno.test(`${what} is refused`, async () => {
    assert.match((await unpack(await archive)).problem, expected);
  });
}
