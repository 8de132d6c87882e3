import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { makeCertificates } from "../../tests/kit/certificates.ts";
import { freePort, makeTempFolder } from "../../tests/kit/mod.ts";
import type { Access } from "./access.ts";
import { connect } from "./connect.ts";
import type { ConnectionRequest } from "./connection.ts";
import { FetchConnection } from "./fetch_connection.ts";
import { NodeConnection } from "./node_connection.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The certificates of all tests here: PEM. */
const pem = await readCertificates();

async function readCertificates() {
  await using folder = await makeTempFolder();
  const { ca, server, client } = await makeCertificates(folder.path);
  const [authority, cert, key, clientCert, clientKey] = await Promise.all(
    [ca, server.cert, server.key, client.cert, client.key].map((path) => Deno.readTextFile(path)),
  );
  assert(authority && cert && key && clientCert && clientKey);
  return { ca: authority, server: { cert, key }, client: { cert: clientCert, key: clientKey } };
}

/**
 * A server over TLS that answers as a test says. Of `sockets` it has all that it was ever given, and
 * of `ends` when each of them ended, however.
 */
async function startServer(answer: Answer, asksForCertificate = false) {
  const sockets: TLSSocket[] = [];
  const ends: Promise<void>[] = [];
  const asks = asksForCertificate ? { ca: pem.ca, requestCert: true } : {};
  const server = createServer({ ...pem.server, ...asks }, (request, response) => {
    // Whoever asked may have left.
    request.on("error", () => {});
    return answer(request, response);
  });
  server.on("secureConnection", (socket) => {
    sockets.push(socket);
    ends.push(new Promise((resolve) => socket.once("close", () => resolve())));
  });
  const port = freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    ...{ sockets, ends, port },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function connectTo(port: number, access: Partial<Access>) {
  const server = `https://127.0.0.1:${port}`;
  const connection = connect({
    ...{ server, caCerts: [], headers: () => Promise.resolve({}) },
    ...access,
  });
  return {
    connection,
    ask: (request: Partial<ConnectionRequest> = {}) =>
      connection.fetch(`${server}/path?a=b`, {
        ...{ method: "GET", headers: {}, signal: new AbortController().signal },
        ...request,
      }),
    [Symbol.dispose]: () => connection.close(),
  };
}

const caCerts = [pem.ca];
const ways: [string, Partial<Access>, typeof FetchConnection | typeof NodeConnection][] = [
  ["a server that is vouched for", { caCerts }, FetchConnection],
  ["a server with another name", { caCerts, serverName: "localhost" }, NodeConnection],
  ["a server that nobody is asked about", { isUnverified: true }, NodeConnection],
  [
    "a server of any name that nobody is asked about",
    { isUnverified: true, serverName: "elsewhere" },
    NodeConnection,
  ],
];

for (const [name, access, kind] of ways) {
  Deno.test(`[F9] ${name}: requests and answers arrive as they are`, async () => {
    await using server = await startServer(async (request, response) => {
      response.writeHead(429, { "retry-after": "3", "x-method": request.method });
      const { url, headers } = request;
      response.end(`${url} ${headers.authorization} ${await text(request)}`);
    });
    using way = connectTo(server.port, access);
    assert(way.connection instanceof kind);
    const headers = { authorization: "Bearer abc" };
    for (const method of ["PATCH", "DELETE", "POST"]) {
      const response = await way.ask({ method, headers, body: '{"ä":1}' });
      assert.equal(response.status, 429);
      assert.equal(response.headers.get("retry-after"), "3");
      assert.equal(response.headers.get("x-method"), method);
      assert.equal(await response.text(), '/path?a=b Bearer abc {"ä":1}');
    }
    assert.equal(server.sockets.length, 1);
  });

  Deno.test(`[F9] ${name}: nothing is followed, and no body is an answer too`, async () => {
    const answers = [[302, { location: "/elsewhere" }], [204, {}]] as const;
    let asked = 0;
    await using server = await startServer((_, response) => {
      const [status, headers] = answers[asked++] ?? [500, {}];
      response.writeHead(status, headers).end();
    });
    using way = connectTo(server.port, access);
    for (const [status] of answers) {
      const response = await way.ask();
      assert.equal(response.status, status);
      assert.equal(await response.text(), "");
    }
    assert.equal(server.sockets.length, 1);
  });

  Deno.test(`[F9] [F4] ${name}: a stream is read as it comes, and breaks when it is cut`, async () => {
    await using server = await startServer((_, response) => void response.write("first"));
    using way = connectTo(server.port, access);
    const reader = (await way.ask()).body?.getReader();
    const read = await reader?.read();
    assert.equal(new TextDecoder().decode(read?.value), "first");
    const next = reader?.read();
    server.sockets[0]?.destroy();
    await assert.rejects(async () => await next);
  });

  Deno.test(`[F9] [F4] ${name}: a stream that nobody wants any more is let go`, async () => {
    await using server = await startServer((_, response) => void response.write("first"));
    using way = connectTo(server.port, access);
    const cancelled = await way.ask();
    await cancelled.body?.cancel();
    const stop = new AbortController();
    const response = await way.ask({ signal: stop.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const next = reader?.read();
    stop.abort();
    await assert.rejects(async () => await next);
    assert.equal(server.sockets.length, 2);
    await Promise.all(server.ends);
  });

  Deno.test(`[F9] [F3] ${name}: a request that is not answered ends when it is told to`, async () => {
    const arrived = Promise.withResolvers<void>();
    await using server = await startServer(() => arrived.resolve());
    using way = connectTo(server.port, access);
    const stop = new AbortController();
    const asked = way.ask({ signal: stop.signal });
    await arrived.promise;
    stop.abort();
    await assert.rejects(asked, { name: "AbortError" });
    await assert.rejects(way.ask({ signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  Deno.test(`[F9] ${name}: what runs runs on when the connection is closed`, async () => {
    const answered = Promise.withResolvers<void>();
    await using server = await startServer(async (_, response) => {
      response.write("begun, ");
      await answered.promise;
      response.end("done");
    });
    const way = connectTo(server.port, access);
    const response = await way.ask();
    way.connection.close();
    answered.resolve();
    assert.equal(await response.text(), "begun, done");
  });

  Deno.test(`[F9] [F6] ${name}: it is told who we are by certificate`, async () => {
    await using server = await startServer((_, response) => response.end("welcome"), true);
    using stranger = connectTo(server.port, access);
    await assert.rejects(stranger.ask());
    using known = connectTo(server.port, { ...access, certificate: pem.client });
    assert.equal(await (await known.ask()).text(), "welcome");
  });
}

const impostors: [string, Partial<Access>][] = [
  ["nobody known vouches", {}],
  ["nobody known vouches for its other name", { serverName: "localhost" }],
  ["it has another name than it should", { caCerts, serverName: "elsewhere" }],
  ["somebody else should vouch", { caCerts: [pem.client.cert], serverName: "localhost" }],
];
for (const [name, access] of impostors) {
  Deno.test(`[F9] a server is told nothing: ${name}`, async () => {
    let asked = 0;
    await using server = await startServer((_, response) => {
      asked++;
      response.end();
    });
    using way = connectTo(server.port, access);
    await assert.rejects(way.ask({ headers: { authorization: "Bearer abc" } }));
    assert.equal(asked, 0);
  });
}
