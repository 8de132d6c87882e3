import assert from "node:assert/strict";
import type { Heartbeat } from "@asya/protocol";
import { createJobNotices } from "./job_notices.ts";

const notice: Heartbeat = { actorName: "ocr", status: "error", message: "retry 1 of 3 in 5 s" };

/** Runs a test with a gateway. */
async function withGateway(
  answer: (request: Request) => Response | Promise<Response>,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  try {
    await test(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("[D21] a notice is a sign of life of its job, with the token that is asked for", async () => {
  const asked: unknown[] = [];
  await withGateway(async (request) => {
    const { pathname } = new URL(request.url);
    asked.push([pathname, request.headers.get("authorization"), await request.json()]);
    return new Response("{}");
  }, async (url) => {
    const notices = createJobNotices({ url, token: "hunter22" });
    notices.send("j/1", notice, (reason) => assert.fail(reason));
    await notices.flush();
  });
  assert.deepEqual(asked, [[
    "/jobs/j%2F1/heartbeat",
    "Bearer hunter22",
    { actor_name: "ocr", status: "error", message: "retry 1 of 3 in 5 s" },
  ]]);
});

Deno.test("[D21] of notices that a slow gateway does not take, no more than some wait for it", async () => {
  const answer = Promise.withResolvers<void>();
  await withGateway(async (request) => {
    await request.body?.cancel();
    await answer.promise;
    return new Response("{}");
  }, async (url) => {
    const notices = createJobNotices({ url, timeoutMs: 30_000 });
    const lost: string[] = [];
    for (let index = 0; index < 70; index++) {
      notices.send(`j${index}`, notice, (reason) => void lost.push(reason));
    }
    assert.deepEqual(lost, Array(6).fill("64 others are under way"));
    answer.resolve();
    await notices.flush();
    notices.send("j70", notice, (reason) => void lost.push(reason));
    await notices.flush();
    assert.equal(lost.length, 6, "there is room again");
  });
});

Deno.test("[D21] [C2] why a notice was lost is told, without the token", async () => {
  const lost: string[] = [];
  const send = async (url: string) => {
    const notices = createJobNotices({ url, token: "hunter22", timeoutMs: 50 });
    notices.send("j1", notice, (reason) => void lost.push(reason));
    await notices.flush();
  };
  await withGateway(() => new Response("", { status: 401 }), send);
  const answer = Promise.withResolvers<Response>();
  await withGateway(() => answer.promise, async (url) => {
    await send(url);
    answer.resolve(new Response());
  });
  await send("http://127.0.0.1:1");
  assert.match(lost[0] ?? "", /^the gateway answered 401$/);
  assert.match(lost[1] ?? "", /^no answer from http:.*tim(ed|e)/i);
  assert.match(lost[2] ?? "", /^no answer from http:\/\/127\.0\.0\.1:1: /);
  assert.doesNotMatch(lost.join(), /hunter22/);
});
