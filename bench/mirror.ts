/**
 * Sends every frame back that comes in over a Unix socket: the path is its one argument.
 *
 * @module
 */
import { encodeFrame, FrameDecoder } from "@asya/protocol";

async function mirror(connection: Deno.Conn): Promise<void> {
  const decoder = new FrameDecoder();
  const buffer = new Uint8Array(256 * 1024);
  for (let length; (length = await connection.read(buffer)) !== null;) {
    for (const body of decoder.push(buffer.subarray(0, length)).frames) {
      const frame = encodeFrame(body);
      for (let offset = 0; offset < frame.length;) {
        offset += await connection.write(frame.subarray(offset));
      }
    }
  }
  connection.close();
}

const [path] = Deno.args;
if (path === undefined) throw new TypeError("the path of the socket is missing");
for await (const connection of Deno.listen({ transport: "unix", path })) {
  mirror(connection).catch((error) => {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  });
}
