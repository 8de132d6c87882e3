import assert from "node:assert/strict";
import { type Clock, systemClock } from "@asya/transport";
import type { CallMeasures, CallProgress, Exchange, HostConnection, NotReady } from "./host.ts";
import { HostSocket } from "./host_socket.ts";
import { FakeClock } from "./testing/fake_clock.ts";
import { bytesOf, sampleBody } from "./testing/samples.ts";
import {
  echo,
  olderScript,
  type Script,
  ScriptedHost,
  sessionScript,
} from "./testing/scripted_host.ts";
import { createUnixSocket } from "./unix_socket.ts";

const LIMITS = { maxFrameBytes: 1024 * 1024, runtimeTimeoutMs: 60_000 };

/** A test with a folder of its own for a socket. */
function sockets(name: string, fn: (path: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "asya-host-" });
    try {
      await fn(`${folder}/app.sock`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

type Limits = Partial<typeof LIMITS>;

function placeOf(path: string, limits: Limits = {}, clock: Clock = systemClock): HostSocket {
  return new HostSocket(createUnixSocket(path), { ...LIMITS, ...limits }, clock, true);
}

async function opened(path: string, limits?: Limits, clock?: Clock): Promise<HostConnection> {
  const connection = await placeOf(path, limits, clock).open();
  assert(connection.kind !== "not_ready", JSON.stringify(connection));
  return connection;
}

/** A call, and the moment at which all of it has been written. */
function sent(connection: HostConnection, call: number): [Promise<Exchange>, Promise<void>] {
  const { promise, resolve } = Promise.withResolvers<void>();
  const body = bytesOf(sampleBody());
  return [
    connection.exchange(call, {
      body,
      onSent: resolve,
      onProgress: () => {},
      onMeasured: () => {},
    }),
    promise,
  ];
}

function exchange(
  connection: HostConnection,
  call: number,
  body: unknown = sampleBody(),
  said: CallProgress[] = [],
): Promise<Exchange> {
  return connection.exchange(call, {
    body: bytesOf(body),
    onSent: () => {},
    onProgress: (progress) => said.push(progress),
    onMeasured: () => {},
  });
}

sockets("[K7] a host that knows sessions says who it is, and takes calls", async (path) => {
  const exits = [{ instance: "i0", reason: "oom", at: "2026-01-01T00:00:00Z" } as const];
  await using host = new ScriptedHost(path, sessionScript({ concurrency: 4, exits: [...exits] }));
  const connection = await opened(path);
  assert.equal(connection.kind, "session");
  assert.equal(connection.concurrency, 4);
  assert.equal(connection.instance, "i1");
  assert.deepEqual(connection.exits, exits);
  const reply = await exchange(connection, 7);
  assert.deepEqual(reply, {
    kind: "replied",
    reply: { kind: "output", output: { payload: { page: 1 }, payloadText: '{"page":1}' } },
  });
  connection.close();
  assert.equal(await connection.ended, "closed here");
  assert.equal(host.accepted, 1);
  const features = '"features":["progress","cancel","measures"]';
  assert.equal(host.frames[0], `ASYA/1 {"version":1,${features}}`);
  assert.equal(
    host.frames[1],
    `{"call":7,"timeout_ms":60000,"message":${JSON.stringify(sampleBody())}}`,
  );
});

sockets("many calls share a session, and replies come in any order", async (path) => {
  const held: (() => unknown)[] = [];
  await using _host = new ScriptedHost(
    path,
    sessionScript({
      concurrency: 9,
      onFrame: (value, peer) => {
        held.unshift(() => echo(value, peer));
        if (held.length === 3) { for (const answer of held) answer(); }
      },
    }),
  );
  const connection = await opened(path);
  const ends = await Promise.all([1, 2, 3].map(async (call) => {
    const end = await exchange(connection, call, sampleBody({ payload: { call } }));
    assert(end.kind === "replied" && end.reply.kind === "output");
    return end.reply.output.payload;
  }));
  assert.deepEqual(ends, [{ call: 1 }, { call: 2 }, { call: 3 }]);
  connection.close();
});

sockets("[K1] what a call measures is told, whatever sense it makes", async (path) => {
  const count = { kind: "count", name: "pages_total", value: 3, labels: {} };
  await using _host = new ScriptedHost(
    path,
    sessionScript({
      onFrame: async (value, peer) => {
        const call = value.call ?? null;
        await peer.send({ measure: call, measures: [count, { kind: "?" }], dropped: 2 });
        await peer.send({ measure: call, measures: 7 });
        await peer.send({ measure: 999, measures: [count] });
        await echo(value, peer);
      },
    }),
  );
  const connection = await opened(path);
  const told: CallMeasures[] = [];
  const end = await connection.exchange(1, {
    body: bytesOf(sampleBody()),
    onSent: () => {},
    onProgress: () => {},
    onMeasured: (measured) => told.push(measured),
  });
  assert.equal(end.kind, "replied");
  assert.deepEqual(told, [
    { measures: [count], refused: 1, dropped: 2 },
    { measures: [], refused: 1, dropped: 0 },
  ]);
  connection.close();
});

sockets("[R10] progress and chunks come before the reply", async (path) => {
  await using _host = new ScriptedHost(
    path,
    sessionScript({
      onFrame: async (value, peer) => {
        const call = value.call ?? null;
        await peer.send({ progress: call, fraction: 0.4, message: "half" });
        await peer.send({ progress: call, data: "chunk" });
        await peer.send({ progress: 999, data: "nobody's" });
        await echo(value, peer);
      },
    }),
  );
  const connection = await opened(path);
  const said: CallProgress[] = [];
  assert.equal((await exchange(connection, 1, sampleBody(), said)).kind, "replied");
  assert.deepEqual(said, [{ fraction: 0.4, message: "half" }, { data: "chunk" }]);
  connection.close();
});

const refusals: [string, string][] = [
  ["a bare list", JSON.stringify([{ error: "msg_parsing_error", details: { message: "" } }])],
  ["an object", JSON.stringify({ status: "error", error: "invalid_json", message: "" })],
  ["an empty list", "[]"],
  ["null", "null"],
];

for (const [what, refusal] of refusals) {
  sockets(`[W6] a host that refuses the hello with ${what} is an older one`, async (path) => {
    await using host = new ScriptedHost(path, async (body, peer) => {
      const text = new TextDecoder().decode(body);
      await peer.send(bytesOf(text.startsWith("ASYA") ? refusal : `[{"payload":1}]`));
      peer.close();
    }, { isSerial: true });
    const connection = await opened(path);
    assert.equal(connection.kind, "one_exchange");
    assert.equal(connection.concurrency, 1);
    const body = ` ${JSON.stringify(sampleBody())} `;
    for (const call of [1, 2]) {
      assert.deepEqual(await exchange(connection, call, body), {
        kind: "replied",
        reply: { kind: "output", output: { payload: 1 } },
      });
    }
    assert.deepEqual(host.frames.slice(1), [body, body], "the hello is not repeated");
    assert.equal(host.mostOpen, 1);
    connection.close();
  });
}

const notReady: [string, Script, RegExp][] = [
  ["closes", (_, peer) => peer.close(), /closed|ConnectionReset/],
  [
    "answers half a frame",
    async (_, peer) => {
      await peer.write(new Uint8Array([0, 0, 0, 9, 1]));
      peer.close();
    },
    /half-way/,
  ],
  [
    "announces 4 GiB",
    (_, peer) => peer.write(new Uint8Array([255, 255, 255, 255])),
    /over the cap/,
  ],
  ["answers what is no JSON", (_, peer) => peer.send(bytesOf("HTTP/1.1 400")), /neither way/],
  ["answers a broken hello", (_, peer) => peer.send(bytesOf("ASYA/1 {")), /neither way/],
];

for (const [what, script, reason] of notReady) {
  sockets(`[D4] a host that ${what} is not ready, and nothing is held against it`, async (path) => {
    await using _host = new ScriptedHost(path, script);
    const result = await placeOf(path).open() as NotReady;
    assert.equal(result.kind, "not_ready");
    assert.match(result.reason, reason);
  });
}

sockets("[D4] a host that says nothing for two seconds is not ready", async (path) => {
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  await using _host = new ScriptedHost(path, () => resolve());
  const clock = new FakeClock();
  const opening = placeOf(path, {}, clock).open();
  await heard;
  await clock.pass(2_000);
  assert.deepEqual(await opening, { kind: "not_ready", reason: "it did not answer" });
});

sockets("[D4] a host whose backlog is full is not ready", async (path) => {
  const script = `
    import net from "node:net";
    net.createServer(() => {}).listen({ path: "${path}", backlog: 5 }, () => {
      console.log("listening");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.getReader();
  await lines.read();
  const crowd: Deno.Conn[] = [];
  let refusal: NotReady | undefined;
  while (!refusal && crowd.length < 50) {
    const conn = await Deno.connect({ transport: "unix", path }).catch(() => undefined);
    if (conn) crowd.push(conn);
    else refusal = await placeOf(path).open() as NotReady;
  }
  assert.deepEqual(refusal, { kind: "not_ready", reason: "WouldBlock" });
  for (const conn of crowd) conn.close();
  child.kill("SIGKILL");
  await child.status;
  await lines.cancel();
});

sockets("whoever leaves does not wait for an answer", async (path) => {
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  await using _host = new ScriptedHost(path, () => resolve());
  const place = placeOf(path);
  const opening = place.open();
  await heard;
  place.leave();
  assert.equal((await opening).kind, "not_ready");
});

sockets(
  "[D4] a socket that is not there, or that nobody listens on, is not ready",
  async (path) => {
    assert.deepEqual(await placeOf(path).open(), { kind: "not_ready", reason: "NotFound" });
    Deno.listen({ transport: "unix", path }).close();
    const result = await placeOf(path).open();
    assert.equal(result.kind, "not_ready");
  },
);

sockets("[W5] a host that dies loses the calls it has", async (path) => {
  await using _host = new ScriptedHost(
    path,
    sessionScript({ concurrency: 2, onFrame: (value, peer) => value.call === 2 && peer.close() }),
  );
  const connection = await opened(path);
  const ends = await Promise.all([exchange(connection, 1), exchange(connection, 2)]);
  assert.deepEqual(ends, [{ kind: "lost", isLate: false }, { kind: "lost", isLate: false }]);
  await connection.ended;
  assert.deepEqual(await exchange(connection, 3), { kind: "spared" });
});

sockets("[W4] a reply over the cap ends the session, and says why", async (path) => {
  await using _host = new ScriptedHost(
    path,
    sessionScript({ onFrame: (_, peer) => peer.write(new Uint8Array([0, 16, 0, 1])) }),
  );
  const connection = await opened(path);
  const end = await exchange(connection, 1);
  assert(end.kind === "lost");
  assert.equal(end.failure?.code, "frame_too_large");
});

sockets("[W4] a call over the cap fails, and the session goes on", async (path) => {
  await using host = new ScriptedHost(path, sessionScript());
  await using older = new ScriptedHost(`${path}2`, olderScript());
  for (const one of [path, `${path}2`]) {
    const connection = await opened(one, { maxFrameBytes: 300 });
    const end = await exchange(connection, 1, sampleBody({ payload: "x".repeat(300) }));
    assert(end.kind === "replied" && end.reply.kind === "failure");
    assert.equal(end.reply.failure.code, "frame_too_large");
    assert.equal((await exchange(connection, 2)).kind, "replied");
    connection.close();
  }
  assert.equal(host.frames.length + older.frames.length, 4);
});

for (const frame of ["?", "{}", '{"reply":"one"}']) {
  sockets(`[W5] a session whose host sends ${frame} ends`, async (path) => {
    await using _host = new ScriptedHost(
      path,
      sessionScript({ onFrame: (_, peer) => peer.send(bytesOf(frame)) }),
    );
    const connection = await opened(path);
    assert.deepEqual(await exchange(connection, 1), { kind: "lost", isLate: false });
    assert.match(await connection.ended, /session frame/);
  });
}

sockets("a call that takes too long is cancelled, and the session goes on", async (path) => {
  await using host = new ScriptedHost(
    path,
    sessionScript({
      concurrency: 2,
      onFrame: (value, peer) =>
        value.cancel === undefined ? undefined : peer.send({
          reply: value.cancel,
          status: "error",
          error: "timeout_error",
          message: "stopped",
        }),
    }),
  );
  const connection = await opened(path, { runtimeTimeoutMs: 50 });
  assert.deepEqual(await exchange(connection, 5), { kind: "timed_out" });
  assert.equal(host.frames[2], '{"cancel":5}');
  assert.deepEqual(await exchange(connection, 6), { kind: "timed_out" });
  connection.close();
});

sockets(
  "[R3] a call that does not stop costs the session, and is known to be late",
  async (path) => {
    await using _host = new ScriptedHost(
      path,
      sessionScript({ concurrency: 2, onFrame: () => {} }),
    );
    const clock = new FakeClock();
    const connection = await opened(path, {}, clock);
    const [late, lateSent] = sent(connection, 1);
    await lateSent;
    await clock.pass(59_000);
    const [beside, besideSent] = sent(connection, 2);
    await besideSent;
    await clock.pass(1_000 + 1_999);
    assert.deepEqual(await Promise.race([connection.ended, "goes on"]), "goes on");
    await clock.pass(1);
    assert.match(await connection.ended, /did not stop/);
    assert.deepEqual(await late, { kind: "lost", isLate: true });
    assert.deepEqual(await beside, { kind: "lost", isLate: false });
    assert.equal(clock.waiting, 0);
  },
);

sockets("what came to its end although it was late is welcome", async (path) => {
  await using _host = new ScriptedHost(
    path,
    sessionScript({
      onFrame: (value, peer) =>
        value.cancel === undefined ? undefined : peer.send({
          reply: value.cancel,
          status: "ok",
          result: { done: true },
        }),
    }),
  );
  const connection = await opened(path, { runtimeTimeoutMs: 50 });
  assert.deepEqual(await exchange(connection, 5), {
    kind: "replied",
    reply: { kind: "output", output: { payload: { done: true }, payloadText: '{"done":true}' } },
  });
  connection.close();
});

sockets("[W6] after a timeout an older host gets nothing until it answers again", async (path) => {
  let isStuck = true;
  const script = olderScript();
  await using host = new ScriptedHost(path, (body, peer) => {
    if (body[0] === 0x7b && isStuck) return;
    return script(body, peer);
  });
  const connection = await opened(path, { runtimeTimeoutMs: 50 });
  assert.deepEqual(await exchange(connection, 1), { kind: "timed_out" });
  assert.match(await connection.ended, /longer than it may/);
  assert.deepEqual(await exchange(connection, 2), { kind: "spared" });
  assert.equal(host.frames.length, 2);
  isStuck = false;
  const again = await opened(path);
  assert.equal((await exchange(again, 3)).kind, "replied");
  again.close();
});

sockets("[D5] an older host that dies during a call loses it", async (path) => {
  await using _host = new ScriptedHost(path, (body, peer) => {
    return body[0] === 0x7b ? peer.close() : olderScript()(body, peer);
  });
  const connection = await opened(path);
  assert.deepEqual(await exchange(connection, 1), { kind: "lost" });
  await connection.ended;
});

sockets("an older host whose socket was replaced is asked anew how it speaks", async (path) => {
  const older = new ScriptedHost(path, olderScript());
  const connection = await opened(path);
  assert.equal(connection.kind, "one_exchange");
  // A new socket at the same path, with the old one still open, has another inode.
  await Deno.remove(path);
  await using _newer = new ScriptedHost(path, sessionScript());
  assert.deepEqual(await exchange(connection, 1), { kind: "spared" });
  assert.match(await connection.ended, /another one/);
  assert.equal((await opened(path).then(closed)).kind, "session");
  await older[Symbol.asyncDispose]();
});

sockets("[D4] an older host whose socket is gone is not sent anything", async (path) => {
  const older = new ScriptedHost(path, olderScript());
  const connection = await opened(path);
  await older[Symbol.asyncDispose]();
  assert.deepEqual(await exchange(connection, 1), { kind: "spared" });
  assert.match(await connection.ended, /another one/);
});

sockets("[D4] an older host that died and left its socket is not sent anything", async (path) => {
  const older = new ScriptedHost(path, olderScript());
  const connection = await opened(path);
  // A listener takes its socket along, unless that is not where it was.
  await Deno.rename(path, `${path}.kept`);
  await older[Symbol.asyncDispose]();
  await Deno.rename(`${path}.kept`, path);
  assert.deepEqual(await exchange(connection, 1), { kind: "spared" });
  assert.equal(await connection.ended, "ConnectionRefused");
});

sockets("a host that is left while a call runs loses it", async (path) => {
  await using _older = new ScriptedHost(
    path,
    (body, peer) => body[0] === 0x7b ? undefined : olderScript()(body, peer),
  );
  const connection = await opened(path);
  const [late, lateSent] = sent(connection, 1);
  await lateSent;
  connection.close();
  assert.deepEqual(await late, { kind: "lost" });
  assert.deepEqual(await exchange(connection, 2), { kind: "spared" });
});

sockets(
  "[D4] a host that does not read what it is sent is left, and nothing is blamed",
  async (path) => {
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
    await using _host = new ScriptedHost(
      path,
      sessionScript({ concurrency: 2, onFrame: () => stuck }),
    );
    const clock = new FakeClock();
    const connection = await opened(path, { maxFrameBytes: 64 * 1024 * 1024 }, clock);
    const [, firstSent] = sent(connection, 1);
    await firstSent;
    const unread = exchange(connection, 2, sampleBody({ payload: "x".repeat(32 * 1024 * 1024) }));
    await clock.pass(60_000);
    assert.match(await connection.ended, /does not read/);
    assert.deepEqual(await unread, { kind: "spared" });
    release();
  },
);

sockets("an older host's answer that is no JSON fails the message", async (path) => {
  await using _host = new ScriptedHost(path, async (body, peer) => {
    await peer.send(bytesOf(body[0] === 0x7b ? "Traceback" : "[]"));
  });
  const connection = await opened(path);
  const end = await exchange(connection, 1);
  assert(end.kind === "replied" && end.reply.kind === "failure");
  assert.equal(end.reply.failure.code, "processing_error");
  connection.close();
});

sockets("large and small frames share a session", async (path) => {
  await using _host = new ScriptedHost(path, sessionScript({ concurrency: 100 }));
  const connection = await opened(path);
  const sizes = Array.from({ length: 50 }, (_, index) => index % 10 === 0 ? 300_000 : index);
  const ends = await Promise.all(sizes.map(async (size, call) => {
    const end = await exchange(connection, call, sampleBody({ payload: "x".repeat(size) }));
    assert(end.kind === "replied" && end.reply.kind === "output");
    return String(end.reply.output.payload).length;
  }));
  assert.deepEqual(ends, sizes);
  connection.close();
});

function closed(connection: HostConnection): HostConnection {
  connection.close();
  return connection;
}
