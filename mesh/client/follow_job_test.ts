import assert from "node:assert/strict";
import type { Json, JsonObject } from "@asya/protocol";
import { followEvents } from "./follow_events.ts";
import { callAndFollow, showEnd } from "./follow_job.ts";
import { GatewayClient } from "./gateway_client.ts";
import { GatewayError } from "./gateway_error.ts";
import { watchAsJson, watchForPerson, watchSilently } from "./job_watcher.ts";
import type { Screen } from "../screen.ts";

/** A gateway that answers every path with what the test says. */
async function withGateway(
  answers: Readonly<Record<string, Json | string>>,
  test: (client: GatewayClient) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const answer = answers[new URL(request.url).pathname];
    if (answer === undefined) return new Response('{"error":"no such path"}', { status: 404 });
    return new Response(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  try {
    await test(new GatewayClient({ url: `http://127.0.0.1:${server.addr.port}/` }));
  } finally {
    await server.shutdown();
  }
}

function createScreen(isLive: boolean) {
  const shown: string[] = [];
  const say = (where: string) => (line: string) => void shown.push(`${where} ${line.trimEnd()}`);
  const screen: Screen = {
    colourOut: false,
    colourErr: false,
    isLive,
    columns: () => 60,
    columnsOut: () => 60,
    out: say("out"),
    err: say("err"),
    live: say("live"),
  };
  return { screen, shown };
}

const started = { content: [], structuredContent: { job_id: "j1", stream_url: "x" } };
const update = (percent: number, message: string, more: JsonObject = {}) =>
  `event: update\ndata: ${
    JSON.stringify({ progress_percent: percent, message, step: "ocr", ...more })
  }\n\n`;
const stream = "event: status\ndata: Pending\n\n" + update(10, "received") +
  update(11, "received") + update(100, "completed");
const call = { tool: "t", arguments: {} };
const never = new AbortController().signal;

Deno.test("a call is followed to its result", () =>
  withGateway({
    "/tools/call": started,
    "/jobs/j1/stream": stream,
    "/jobs/j1": { status: "Succeeded", result: { answer: 42 }, result_uri: "file:///r/a%20b.json" },
  }, async (client) => {
    const { screen, shown } = createScreen(false);
    const end = await callAndFollow(client, call, watchForPerson(screen, false), never);
    assert(end.kind !== "left");
    showEnd(end, screen, false);
    assert.deepEqual(shown, [
      "err  10% ocr: received",
      "err 100% ocr: completed",
      'out {\n  "answer": 42\n}',
      "err stored at /r/a b.json",
    ]);
  }));

Deno.test("on a terminal one line moves, and streamed chunks are seen in it", () =>
  withGateway({
    "/tools/call": started,
    "/jobs/j1/stream": update(50, "processing", { partial: { delta: "wild" } }),
    "/jobs/j1": { status: "Succeeded", route: { steps: ["a", "ocr", "b"] } },
  }, async (client) => {
    const { screen, shown } = createScreen(true);
    await callAndFollow(client, call, watchForPerson(screen, false, () => 0), never);
    const bar = "█".repeat(12) + " ".repeat(12);
    assert.deepEqual(shown, [`live ${bar}  50% 2/3 ocr: {"delta":"wild"} 0ms`]);
  }));

Deno.test("who wants to see everything sees each chunk, as a text where it is one", () =>
  withGateway({
    "/tools/call": started,
    "/jobs/j1/stream": [
      update(10, "received"),
      update(11, "received"),
      ...["two\nlines\x1b[2J", { n: 1 }].map((partial) =>
        update(50, "processing", { partial }).replace("event: update", "event: partial")
      ),
    ].join(""),
    "/jobs/j1": { status: "Succeeded", result: 1 },
  }, async (client) => {
    const close = createScreen(false);
    await callAndFollow(client, call, watchForPerson(close.screen, true), never);
    assert.deepEqual(close.shown, [
      "err  10% ocr: received",
      "err  11% ocr: received",
      "err ocr │ two",
      "err ocr │ lines [2J",
      'err ocr │ {"n":1}',
    ]);
    const json = createScreen(false);
    await callAndFollow(client, call, watchAsJson(json.screen), never);
    const events = json.shown.map((line) => JSON.parse(line.replace(/^out /, "")));
    assert.deepEqual(events.map(({ event }) => event), [
      ...["job", "update", "update", "partial", "partial", "job"],
    ]);
    assert.deepEqual(events.at(-1), { event: "job", status: "Succeeded", result: 1 });
  }));

Deno.test("a job that failed says why", () =>
  withGateway({
    "/tools/call": started,
    "/jobs/j1/stream": stream,
    "/jobs/j1": {
      status: "Failed",
      error: "timeout_error",
      error_details: { message: "it took too long" },
    },
  }, async (client) => {
    const { screen, shown } = createScreen(false);
    const end = await callAndFollow(client, call, watchSilently(), never);
    assert(end.kind !== "left");
    showEnd(end, screen, false);
    assert.deepEqual(shown, ["err failed: timeout_error: it took too long"]);
  }));

Deno.test("a tool that waits answers with its result, and needs no job", () =>
  withGateway({ "/tools/call": { content: [], structuredContent: { a: 1 } } }, async (client) => {
    const end = await callAndFollow(client, call, watchSilently(), never);
    assert.deepEqual<unknown>(end, { kind: "succeeded", result: { a: 1 } });
    const { screen, shown } = createScreen(false);
    assert(end.kind !== "left");
    showEnd(end, screen, true);
    assert.deepEqual(shown, ['out {"result":{"a":1}}']);
  }));

Deno.test("a call that is refused says why", () =>
  withGateway({
    "/tools/call": { content: [{ type: "text", text: "name: a text is wanted" }], isError: true },
  }, async (client) => {
    assert.deepEqual(await callAndFollow(client, call, watchSilently(), never), {
      kind: "failed",
      reason: "name: a text is wanted",
    });
  }));

Deno.test("[U2] a stream that breaks off is taken up where it ended", async () => {
  const asked: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/tools/call") return Response.json(started);
    if (pathname === "/jobs/j1") {
      return Response.json({ status: asked.length < 3 ? "Running" : "Succeeded", result: {} });
    }
    asked.push(request.headers.get("last-event-id"));
    if (asked.length === 2) return new Response("starting", { status: 503 });
    const text = `id: ${asked.length}\n${update(asked.length * 20, "processing")}`;
    if (asked.length === 3) return new Response(text);
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
      pull: (controller) => controller.error(new Error("the gateway dies")),
    }, { highWaterMark: 0 });
    return new Response(body);
  });
  const { screen, shown } = createScreen(false);
  const client = new GatewayClient({ url: `http://127.0.0.1:${server.addr.port}` });
  const end = await callAndFollow(client, call, watchForPerson(screen, false), never);
  assert.equal(end.kind, "succeeded");
  assert.deepEqual(asked, [null, "1", "1"], "each connection goes on where the one before ended");
  assert.deepEqual(shown, ["err  20% ocr: processing", "err  60% ocr: processing"]);
  await server.shutdown();
});

Deno.test("a gateway that stays away is given up, and the job is named", async () => {
  const gone = new GatewayClient({ url: "http://127.0.0.1:1" });
  await assert.rejects(
    followEvents(gone, "j1", never, 0).next(),
    /no gateway answers at \S+ .*; the job goes on, and http:\/\/127\.0\.0\.1:1\/jobs\/j1 says how far it is/,
  );
});

Deno.test("a job that nobody waits for any longer is left as it is", () =>
  withGateway({
    "/tools/call": started,
    "/jobs/j1/stream": stream,
    "/jobs/j1": { status: "Running" },
  }, async (client) => {
    const leaving = new AbortController();
    const watcher = { ...watchSilently(), take: () => leaving.abort() };
    const end = await callAndFollow(client, call, watcher, leaving.signal);
    assert.deepEqual(end, { kind: "left", id: "j1" });
  }));

Deno.test("a job that is not there is an error", () =>
  withGateway({ "/tools/call": started }, async (client) => {
    await assert.rejects(
      callAndFollow(client, call, watchSilently(), never),
      /^GatewayError: no such path$/,
    );
  }));

Deno.test("what is no gateway is an error that names it", async () => {
  await withGateway({ "/tools": "<html>" }, async (client) => {
    await assert.rejects(client.listTools(), GatewayError);
  });
  const gone = new GatewayClient({ url: "http://127.0.0.1:1" });
  await assert.rejects(gone.listTools(), /no gateway answers at http:\/\/127\.0\.0\.1:1 /);
});
