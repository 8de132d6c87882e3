import assert from "node:assert/strict";
import {
  freePort,
  GatewayClient,
  makeTempFolder,
  rssMbOf,
  sendRaw,
  startProgram,
} from "../kit/mod.ts";

const ANNOUNCED_BYTES = 4 * 1024 * 1024;
const CALLERS = 60;

function head(port: number): Uint8Array {
  const lines = [
    ...["POST /tools/call HTTP/1.1", `Host: 127.0.0.1:${port}`, "Content-Type: application/json"],
    ...[`Content-Length: ${ANNOUNCED_BYTES}`, "Expect: 100-continue", "Connection: close"],
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** Announces a large body, and waits until the gateway has begun to read it. */
async function announce(port: number): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(head(port));
  const answer = new Uint8Array(64);
  const length = await connection.read(answer) ?? 0;
  assert.match(new TextDecoder().decode(answer.subarray(0, length)), /^HTTP\/1\.1 100 /);
  return connection;
}

Deno.test("[G14] large bodies that are announced and do not come take no memory", async () => {
  await using folder = await makeTempFolder();
  const port = freePort();
  await using process = await startProgram("gateway", {
    cwd: folder.path,
    env: { ASYA_GATEWAY_PORT: String(port), ASYA_SQLITE_PATH: folder.at("queues.db") },
  });
  await process.waitForLine("listening");
  const gateway = new GatewayClient(`http://127.0.0.1:${port}`);
  await gateway.call("echo", { message: "awake" });
  const beforeMb = rssMbOf(process.pid);
  const connections = await Promise.all(Array.from({ length: CALLERS }, () => announce(port)));
  try {
    // Who is answered has been let in behind all of them.
    await gateway.call("echo", { message: "well" });
    const tookMb = rssMbOf(process.pid) - beforeMb;
    const announcedMb = CALLERS * ANNOUNCED_BYTES / 1024 ** 2;
    assert(tookMb < announcedMb / 3, `${tookMb} MB for ${announcedMb} MB that were announced`);
  } finally {
    for (const connection of connections) connection.close();
  }
});

Deno.test("[G13] a large body is read in whole, and one that breaks off is refused", async () => {
  await using folder = await makeTempFolder();
  const port = freePort();
  await using process = await startProgram("gateway", {
    cwd: folder.path,
    env: { ASYA_GATEWAY_PORT: String(port), ASYA_SQLITE_PATH: folder.at("queues.db") },
  });
  await process.waitForLine("listening");
  const start = '{"name": "echo", "arguments": {"message": "';
  const message = "é".repeat((ANNOUNCED_BYTES - start.length - 3) / 2);
  const body = new TextEncoder().encode(`${start}${message}"}}`);
  const request = new Uint8Array([
    ...new TextEncoder().encode(
      `POST /tools/call HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    ...body,
  ]);
  const answer = await sendRaw(port, request);
  assert(answer !== "closed");
  assert.equal(answer.status, 200);
  const { job_id: id } = JSON.parse(answer.text).structuredContent;
  const job = await (await fetch(`http://127.0.0.1:${port}/jobs/${id}`)).json();
  assert.equal(job.payload.message.length, message.length);
  const broken = await sendRaw(port, request.subarray(0, -100_000), { isCutOff: true });
  assert(broken === "closed" || broken.status === 400);
});
