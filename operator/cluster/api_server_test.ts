import { systemClock } from "@asya/transport";
import assert from "node:assert/strict";
import { FakeClock } from "../controller/testing/fake_clock.ts";
import { WriteFence } from "../controller/write_fence.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Access } from "./access.ts";
import { ApiServer } from "./api_server.ts";

/** A server that answers as it is told, and an access to it whose token is another at each reading. */
async function createScene(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const clock = new FakeClock(0);
  const fence = new WriteFence(clock);
  const statuses: (number | undefined)[] = [];
  let readings = 0;
  const readAccess = (): Promise<Access> => {
    const authorization = `Bearer token-${++readings}`;
    return Promise.resolve({
      server: `http://127.0.0.1:${server.addr.port}`,
      caCerts: [],
      headers: () => Promise.resolve({ authorization }),
    });
  };
  const tell = ({ status }: { readonly status?: number }) => void statuses.push(status);
  const api = await ApiServer.open({ readAccess, clock, fence, tell });
  return {
    ...{ api, clock, fence, statuses },
    async [Symbol.asyncDispose]() {
      api.close();
      await server.shutdown();
    },
  };
}

async function failureOf(asked: Promise<unknown>): Promise<KubeError> {
  const error: unknown = await asked.then(() => undefined, (error) => error);
  assert(error instanceof KubeError, `${error}`);
  return error;
}

const codeOf = async (asked: Promise<unknown>): Promise<string> => (await failureOf(asked)).code;

Deno.test("[F6] a token that is refused is read anew, once", async () => {
  const seen: (string | null)[] = [];
  await using scene = await createScene((request) => {
    const token = request.headers.get("authorization");
    seen.push(token);
    return token === "Bearer token-2"
      ? Response.json({ ok: true })
      : Response.json({ kind: "Status", reason: "Unauthorized" }, { status: 401 });
  });
  assert.deepEqual(await scene.api.ask({ verb: "get", path: "/version" }), { ok: true });
  assert.deepEqual(seen, ["Bearer token-1", "Bearer token-2"]);
  assert.deepEqual(scene.statuses, [401, 200]);
});

Deno.test("[F5] an answer that is no JSON is not quoted", async () => {
  await using scene = await createScene(() => new Response('{"data": {"password": hunter2}}\n'));
  const asked = scene.api.ask({ verb: "get", path: "/api/v1/namespaces/a/secrets/b" });
  const { code, message } = await failureOf(asked);
  assert.equal(code, "unreachable");
  assert.equal(message, "get /api/v1/namespaces/a/secrets/b: the answer is no JSON");
  const lines = scene.api.follow({ verb: "watch", path: "/x" });
  const { message: said } = await failureOf(Array.fromAsync(lines));
  assert.equal(said, "watch /x: the answer is no JSON");
});

Deno.test("[F6] who is refused again is told so", async () => {
  await using scene = await createScene(() => new Response("who are you?", { status: 401 }));
  const call = { verb: "get", path: "/version" } as const;
  assert.equal(await codeOf(scene.api.ask(call)), "unauthorized");
  assert.deepEqual(scene.statuses, [401, 401]);
});

Deno.test("[F3] who does not lead writes nothing, but the lease", async () => {
  const methods: string[] = [];
  await using scene = await createScene((request) => {
    methods.push(request.method);
    return Response.json({});
  });
  const write = { verb: "patch", path: "/x", body: {} } as const;
  assert.equal(await codeOf(scene.api.ask(write)), "unreachable");
  await scene.api.ask({ verb: "get", path: "/x" });
  await scene.api.ask({ ...write, verb: "update", limitMs: 1_000 });
  scene.fence.openUntil(5_000);
  await scene.api.ask(write);
  scene.fence.close();
  assert.equal(await codeOf(scene.api.ask(write)), "unreachable");
  assert.deepEqual(methods, ["GET", "PUT", "PATCH"]);
});

Deno.test("[F3] a write that is not answered ends with the right to write", async () => {
  const arrived = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await using scene = await createScene(async () => {
    arrived.resolve();
    await answered.promise;
    return Response.json({});
  });
  scene.fence.openUntil(3_000);
  const asked = codeOf(scene.api.ask({ verb: "create", path: "/x", body: {} }));
  await arrived.promise;
  scene.clock.pass(2_999);
  scene.clock.pass(1);
  assert.equal(await asked, "unreachable");
  answered.resolve();
});

Deno.test("[F5] [F2] an answer's code and wait arrive; what is no JSON is a server in trouble", async () => {
  await using scene = await createScene((request) =>
    request.url.endsWith("/busy")
      ? new Response("slowly", { status: 429, headers: { "retry-after": "3" } })
      : new Response("<html>")
  );
  const error = await failureOf(scene.api.ask({ verb: "get", path: "/busy" }));
  assert.deepEqual([error.code, error.retryAfterMs], ["throttled", 3_000]);
  assert.equal(await codeOf(scene.api.ask({ verb: "get", path: "/other" })), "unreachable");
});

Deno.test("[F4] a watch gives lines as they come, and ends when it is told to", async () => {
  await using scene = await createScene(() => {
    const lines = new ReadableStream({
      start: (controller) =>
        controller.enqueue(new TextEncoder().encode('{"a":1}\n{"a":2}\n{"a":')),
    });
    return new Response(lines);
  });
  const stop = new AbortController();
  const seen: unknown[] = [];
  const watch = scene.api.follow({ verb: "watch", path: "/x", signal: stop.signal });
  await assert.rejects(async () => {
    for await (const line of watch) if (seen.push(line) === 2) stop.abort("enough");
    throw new RangeError("it ended");
  }, RangeError);
  assert.deepEqual(seen, [{ a: 1 }, { a: 2 }]);
});

Deno.test("[F4] nobody there is told as such", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const api = await ApiServer.open({
    readAccess: () => Promise.resolve({ server, caCerts: [], headers: () => Promise.resolve({}) }),
    ...{ clock: systemClock, fence: new WriteFence(systemClock), tell: () => {} },
  });
  assert.equal(await codeOf(api.ask({ verb: "get", path: "/version" })), "unreachable");
  api.close();
});
