/**
 * Watches many streams of a gateway over bare sockets, and says when each of them ended. A process
 * of its own, so that the gateway is measured and not this; it reads orders from its standard
 * input, one line of JSON each, and answers each with one.
 *
 * @module
 */
import type { Answer, Order } from "./watching.ts";

/** Connections that are opened at a time. */
const OPENING = 64;

/** One stream: what it said so far, and when it was over. */
interface Stream {
  text: string;
  readonly isOpen: Promise<void>;
  readonly endedAtMs: Promise<number>;
}

const [port = ""] = Deno.args;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
let streams: Stream[] = [];

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function watch(path: string): Stream {
  const open = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number>();
  const stream: Stream = { text: "", isOpen: open.promise, endedAtMs: ended.promise };
  const read = async () => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    await connection.write(encoder.encode(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`));
    const buffer = new Uint8Array(2048);
    for (;;) {
      const size = await connection.read(buffer);
      if (size === null) throw new Error(`the stream broke off: ${stream.text}`);
      stream.text += decoder.decode(buffer.subarray(0, size));
      if (stream.text.includes("event: status\n")) open.resolve();
      if (stream.text.endsWith("\r\n0\r\n\r\n")) return ended.resolve(nowMs());
    }
  };
  read().catch((error) => {
    open.reject(error);
    ended.reject(error);
  });
  return stream;
}

async function openAll(paths: readonly string[]): Promise<Answer> {
  const left = [...paths];
  const openSome = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const stream = watch(path);
      streams.push(stream);
      await stream.isOpen;
    }
  };
  await Promise.all(Array.from({ length: OPENING }, openSome));
  return { opened: streams.length };
}

/** Whether a stream showed every update once, in order, and the end. */
function isComplete({ text }: Stream): boolean {
  const seqs = [...text.matchAll(/^id: (\d+)$/mg)].map(([, seq]) => Number(seq));
  return seqs.length > 0 && seqs.every((seq, index) => seq === index + 1) &&
    text.includes('"status":"Succeeded"');
}

async function awaitEnds(): Promise<Answer> {
  const endedAtMs = await Promise.all(streams.map((stream) => stream.endedAtMs));
  const incomplete = streams.filter((stream) => !isComplete(stream)).length;
  const paths = streams.map(({ text }) => /"job_id":"([^"]+)"/.exec(text)?.[1] ?? "");
  streams = [];
  return { ends: endedAtMs.map((atMs, index) => [paths[index] ?? "", atMs]), incomplete };
}

let text = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (text + chunk).split("\n");
  text = lines.pop() ?? "";
  for (const line of lines) {
    const order: Order = JSON.parse(line);
    const answer = "open" in order ? await openAll(order.open) : await awaitEnds();
    await Deno.stdout.write(encoder.encode(`${JSON.stringify(answer)}\n`));
  }
}
// Streams that are still open end with this process.
Deno.exit();
