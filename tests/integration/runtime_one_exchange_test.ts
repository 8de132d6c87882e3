/**
 * Our host before sidecars of the older convention: one exchange per connection, replies in the
 * format that is set, the list form read as strictly as Go would.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Json, JsonObject } from "@asya/protocol";
import {
  exchange,
  type GoReplyItem,
  makeTempFolder,
  parseGoReply,
  startRuntime,
} from "../kit/mod.ts";

const HANDLER = "tests/integration/handlers/odd.ts#act";
const ROUTE = { steps: ["step", "next"], current: 0, metadata: { team: "ml" } };

async function startHost(env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder());
  const socketPath = folder.at("app.sock");
  const runtime = stack.use(await startRuntime({ handler: HANDLER, socketPath, env }));
  const owned = stack.move();
  return { runtime, socketPath, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function messageOf(payload: Json, route: JsonObject = ROUTE): string {
  return JSON.stringify({ job_id: "j1", route, payload });
}

async function ask(socketPath: string, body: string | Uint8Array): Promise<Uint8Array> {
  const end = await exchange(socketPath, body);
  assert.ok(end.kind === "reply", "the host answered");
  return end.body;
}

async function askJson(socketPath: string, body: string | Uint8Array): Promise<JsonObject> {
  return JSON.parse(new TextDecoder().decode(await ask(socketPath, body)));
}

async function askGo(
  socketPath: string,
  body: string | Uint8Array,
  stepsKey?: "steps" | "route" | "actors",
): Promise<GoReplyItem[]> {
  const reply = await ask(socketPath, body);
  const parsed = parseGoReply(reply, stepsKey);
  assert.ok(parsed.ok, parsed.ok ? "" : `${parsed.error}: ${new TextDecoder().decode(reply)}`);
  return parsed.items;
}

Deno.test("[W8] the object form answers each exchange", async () => {
  await using host = await startHost();
  const { socketPath } = host;
  assert.deepEqual(await askJson(socketPath, messageOf({ a: 1 })), {
    status: "ok",
    result: { a: 1 },
  });
  assert.deepEqual(await askJson(socketPath, messageOf(7)), { status: "ok", result: { value: 7 } });
  assert.deepEqual(await askJson(socketPath, messageOf({ do: "return a fan-out" })), {
    status: "ok",
    result: [{ page: 1 }, null, { page: 3 }],
  });
  const nothing = await askJson(socketPath, messageOf({ do: "return undefined" }));
  assert.deepEqual(nothing, { status: "ok", result: null });
  const failed = await askJson(socketPath, messageOf({ do: "throw a RetryableError" }));
  const { stack, ...failure } = failed;
  assert.deepEqual(failure, {
    status: "error",
    error: "retryable_error",
    message: "busy",
    type: "RetryableError",
    severity: "recoverable",
    retry_after: 7,
  });
  assert.match(`${stack}`, /odd\.ts/);
});

Deno.test("[W8] the list form is what a strict reader takes", async () => {
  await using host = await startHost({ ASYA_REPLY_FORMAT: "list" });
  const { socketPath } = host;
  const [one, ...none] = await askGo(socketPath, messageOf({ a: 1 }));
  assert.deepEqual(none, []);
  assert.deepEqual(one, {
    payload: { a: 1 },
    route: ROUTE,
    error: "",
    details: { message: "", type: "", traceback: "" },
  });
  const pages = await askGo(socketPath, messageOf({ do: "return a fan-out" }));
  assert.deepEqual(pages.map(({ payload }) => payload), [{ page: 1 }, null, { page: 3 }]);
  for (const page of pages) assert.deepEqual(page.route, ROUTE);
  assert.deepEqual(await askGo(socketPath, messageOf({ do: "return undefined" })), []);
});

Deno.test("[W8] failures have their codes in the list form", async () => {
  await using host = await startHost({ ASYA_REPLY_FORMAT: "list" });
  const rows: [string | Uint8Array, string, string][] = [
    [messageOf({ do: "throw a TypeError" }), "processing_error", "TypeError"],
    [messageOf({ do: "throw a RetryableError" }), "retryable_error", "RetryableError"],
    [messageOf({ do: "return a BigInt" }), "processing_error", "processing_error"],
    ["hello", "invalid_json", "invalid_json"],
    [new Uint8Array([0xff]), "invalid_json", "invalid_json"],
    ["{}", "malformed_message", "malformed_message"],
  ];
  for (const [body, code, type] of rows) {
    const [failure, ...none] = await askGo(host.socketPath, body);
    assert.deepEqual(none, []);
    assert.equal(failure?.error, code);
    assert.equal(failure?.details.type, type);
    assert.notEqual(failure?.details.message, "");
  }
});

Deno.test("[W1] [W8] the list form repeats the route as it was spelled", async () => {
  await using host = await startHost({ ASYA_REPLY_FORMAT: "list" });
  for (const stepsKey of ["steps", "route", "actors"] as const) {
    const body = messageOf({ a: 1 }, { [stepsKey]: ["step", "next"], current: 0 });
    const [item] = await askGo(host.socketPath, body, stepsKey);
    assert.deepEqual(item?.route, { steps: ["step", "next"], current: 0, metadata: {} });
  }
});

Deno.test("[W8] a terminal actor in list form always answers exactly one item", async () => {
  await using host = await startHost({ ASYA_REPLY_FORMAT: "list", ASYA_IS_TERMINAL: "true" });
  for (const what of ["return undefined", "return a fan-out", "anything"]) {
    const items = await askGo(host.socketPath, messageOf({ do: what }));
    assert.equal(items.length, 1, what);
    assert.equal(items[0]?.error, "");
  }
  assert.equal((await askGo(host.socketPath, "any body at all")).length, 1);
});

Deno.test("[W3] requests are read however they are cut", async () => {
  await using host = await startHost();
  for (const chunkBytes of [1, 3, 4, 5, 64]) {
    const end = await exchange(host.socketPath, messageOf({ a: 1 }), { chunkBytes });
    assert.ok(end.kind === "reply");
    assert.match(new TextDecoder().decode(end.body), /"a":1/);
  }
});

Deno.test("[R9] exchanges that come at once are all answered", async () => {
  await using host = await startHost({ ASYA_CONCURRENCY: "4" });
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, index) => askJson(host.socketPath, messageOf({ index }))),
  );
  assert.deepEqual(replies.map(({ result }) => result), replies.map((_, index) => ({ index })));
});
