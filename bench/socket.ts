import { encodeCall, encodeFrame, encodeHello, FrameDecoder } from "@asya/protocol";
import {
  makeTempFolder,
  pathOf,
  platformEnv,
  RunningProcess,
  startRuntime,
  waitForSocket,
} from "../tests/kit/mod.ts";
import { type Figure, median } from "./figure.ts";
import { benchMessage } from "./payload.ts";

const ROUND_TRIPS = 20_000;
const REPEATS = 3;
/** Calls on their way at a time, where they are pipelined. */
const IN_FLIGHT = 64;

/**
 * How many calls per second a host answers over one session, beside a peer that only sends frames
 * back.
 *
 * @param say is told what is being measured
 */
export async function measureSocket(say: (doing: string) => void): Promise<Figure[]> {
  await using folder = await makeTempFolder();
  const host = folder.at("host.sock");
  const mirror = folder.at("mirror.sock");
  await using _runtime = await startRuntime({
    handler: "bench/handlers/echo.ts",
    socketPath: host,
    env: { ASYA_CONCURRENCY: String(IN_FLIGHT) },
  });
  await using mirroring = startMirror(mirror);
  await waitForSocket(mirroring, mirror);
  const figures: Figure[] = [];
  const rates = new Map<string, number>();
  for (const [peer, path] of [["mirror", mirror], ["host", host]] as const) {
    for (const inFlight of [1, IN_FLIGHT]) {
      say(`round trips to the ${peer}, ${inFlight} in flight`);
      await roundTripsPerSecond(path, inFlight, ROUND_TRIPS / 4);
      const measured: number[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        measured.push(await roundTripsPerSecond(path, inFlight, ROUND_TRIPS));
      }
      const value = median(measured);
      rates.set(`${peer} ${inFlight}`, value);
      figures.push({
        part: "socket",
        name: `${peer}, 1 KiB, ${inFlight} in flight`,
        value,
        unit: "round trips/s",
        ...(peer === "host" && inFlight > 1 && { aim: { atLeast: 10_000 } }),
      });
    }
  }
  for (const inFlight of [1, IN_FLIGHT]) {
    const value = rates.get(`host ${inFlight}`)! / rates.get(`mirror ${inFlight}`)!;
    figures.push({
      part: "socket",
      name: `host to mirror, ${inFlight} in flight`,
      value,
      unit: "ratio",
    });
  }
  return figures;
}

/** A process that sends every frame back, which is the least that a host could do. */
function startMirror(path: string): RunningProcess {
  return new RunningProcess({
    name: "mirror",
    command: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--allow-net=unix:${path}`,
      `--allow-read=${path}`,
      `--allow-write=${path}`,
      pathOf("bench/mirror.ts"),
      path,
    ],
    env: platformEnv(),
  });
}

async function roundTripsPerSecond(
  path: string,
  inFlight: number,
  count: number,
): Promise<number> {
  using connection = await Deno.connect({ transport: "unix", path });
  const decoder = new FrameDecoder();
  const buffer = new Uint8Array(256 * 1024);
  await writeAll(connection, encodeFrame(encodeHello({ version: 1, features: [] })));
  const readFrames = async () => {
    const length = await connection.read(buffer);
    if (length === null) throw new Error("the peer closed the connection");
    return decoder.push(buffer.subarray(0, length)).frames.length;
  };
  while (await readFrames() === 0);
  const message = benchMessage(["step"], 0);
  let sent = 0;
  let answered = 0;
  const startMs = performance.now();
  while (answered < count) {
    const parts: Uint8Array[] = [];
    while (sent < count && sent - answered < inFlight) {
      parts.push(encodeFrame(...encodeCall(sent++, message, 60_000)));
    }
    if (parts.length > 0) await writeAll(connection, join(parts));
    answered += await readFrames();
  }
  return count / ((performance.now() - startMs) / 1000);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    offset += await connection.write(bytes.subarray(offset));
  }
}
