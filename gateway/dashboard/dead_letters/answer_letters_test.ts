import type { Json } from "@asya/protocol";
import { createMemoryBroker } from "@asya/transport";
import assert from "node:assert/strict";
import { BASE_URL, createTestGateway, YAML_ENV } from "../../testing/test_gateway.ts";

const QUEUE = "dead-letter-queue";
const LIST = "/dashboard/dead-letters";
const yaml = { permissions: { env: YAML_ENV } } as const;

/** A gateway beside a queue of dead letters, as somebody sees it who looks at its pages. */
async function openBench() {
  const transport = createMemoryBroker().connect();
  await transport.declare([QUEUE]);
  const tools = "tools: [{ name: scan, route: [a, b, c], timeout: 60 }]";
  const bench = createTestGateway({ tools, letters: transport });
  const put = async (body: Json | string): Promise<string> => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const messageId = crypto.randomUUID();
    await transport.publish([{ queue: QUEUE, body: new TextEncoder().encode(text), messageId }]);
    const { dead_letters } = await (await bench.get("/dead-letters")).json();
    return dead_letters.at(-1).id;
  };
  const see = async (path: string) => {
    const response = await bench.get(path);
    return { status: response.status, html: await response.text() };
  };
  const send = async (path: string, form: string, headers: Record<string, string> = {}) => {
    const response = await bench.gateway.fetch(
      new Request(BASE_URL + path, {
        method: "POST",
        headers: { host: "127.0.0.1", origin: BASE_URL, ...headers },
        body: new URLSearchParams(form),
      }),
    );
    const { status } = response;
    return { status, location: response.headers.get("location"), text: await response.text() };
  };
  return { ...bench, transport, put, see, send };
}

/** What error-end writes of a step that failed. */
function letterOf(payload: Json, details: object = {}): Json {
  const route = { steps: ["a", "b", "c"], current: 1, metadata: {} };
  return {
    dead_letter: { version: 1, from: "error-end", bytes: 99, sha256: "…" },
    job_id: "0b6f1b8e-1111-4222-8333-444455556666",
    error: "processing_error",
    error_details: { message: "no such page", step: "b", actor: "b-1", attempt: 4, ...details },
    original_message: JSON.stringify({ job_id: "0b6f1b8e", route, headers: {}, payload }),
  };
}

Deno.test("[B4] a letter is shown with all that is known of it", yaml, async () => {
  const { put, see } = await openBench();
  const id = await put(letterOf({ text: "</textarea><b>" }, { stack: "at <anonymous>" }));
  const { status, html } = await see(`${LIST}/${id}`);
  assert.equal(status, 200);
  for (const words of ["no such page", "at &lt;anonymous&gt;", "1: b (failed)", "b-1"]) {
    assert.ok(html.includes(words), words);
  }
  assert.ok(html.includes("&lt;/textarea&gt;&lt;b&gt;"));
  assert.ok(!html.includes("</textarea><b>"));
  const listed = await see(`${LIST}?step=b`);
  assert.ok(listed.html.includes(id));
  assert.ok((await see(`${LIST}?step=a`)).html.includes("No dead letter is like that."));
});

Deno.test("[B4] a letter that cannot be replayed as it is says why", yaml, async () => {
  const { put, see, send } = await openBench();
  const id = await put("\u0000\u0001 this is no message");
  assert.match((await see(LIST)).html, /cannot be replayed as it is/);
  assert.match((await see(`${LIST}/${id}`)).html, /It cannot be replayed as it is: [^<]{10}/);
  const { status, text } = await send(`${LIST}/${id}`, "do=replay&from_step=&payload=");
  assert.equal(status, 409);
  assert.match(text, /Nothing was replayed: [^<]{10}/);
});

Deno.test("[B4] a replay is refused with what was typed, or makes a job", yaml, async () => {
  const { put, see, send, store } = await openBench();
  const id = await put(letterOf({ text: "as it was" }));
  const wrong = await send(`${LIST}/${id}`, `do=replay&from_step=1&payload=${"{&quot;"}`);
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /the payload is not JSON/);
  const beyond = await send(`${LIST}/${id}`, "do=replay&from_step=7&payload=1");
  assert.equal(beyond.status, 409);
  const made = await send(`${LIST}/${id}`, "do=replay&from_step=2&payload=[1]");
  assert.equal(made.status, 303);
  const stored = await store.read(made.location?.replace("/dashboard/jobs/", "") ?? "");
  assert.deepEqual(stored?.payload, [1]);
  assert.equal(stored?.job.firstStep, 2);
  assert.ok((await see(LIST)).html.includes("Nothing was given up."));
  assert.equal((await see(`${LIST}/${id}`)).status, 404);
});

Deno.test("[B4] a payload that nobody changed is what the letter holds", yaml, async () => {
  const { put, send, sent } = await openBench();
  const id = await put(letterOf({ text: "as it was" }));
  const form = new URLSearchParams({ do: "replay", from_step: "1" });
  form.set("payload", JSON.stringify({ text: "as it was" }, null, 2));
  const { status } = await send(`${LIST}/${id}`, String(form));
  assert.equal(status, 303);
  assert.deepEqual(sent.map(({ queue }) => queue), ["b"]);
});

Deno.test("[B4] nothing is purged before somebody was asked", yaml, async () => {
  const { put, see, send } = await openBench();
  const ids = [await put(letterOf(1)), await put(letterOf(2)), await put(letterOf(3))];
  const [first, second, third] = ids;
  const some = `id=${first}&id=${second}`;
  const asked = await send(LIST, `do=purge&${some}&to=//evil.example/`);
  assert.match(asked.text, /Purge 2 dead letters\?/);
  assert.ok(!asked.text.includes("evil.example"));
  assert.match((await see(LIST)).html, /3 letters on this page/);
  const purged = await send(LIST, `do=purge&${some}&confirmed=yes`);
  assert.match(purged.text, /2 of 2 purged/);
  const again = await send(LIST, `do=replay&${some}&id=${third}`);
  assert.match(again.text, /1 of 3 replayed/);
  assert.match(again.text, /It is not there any more\./);
  assert.deepEqual(
    await send(LIST, "do=purge", {}).then(({ status, location }) => [status, location]),
    [303, LIST],
  );
});

Deno.test("[B4] a script asks for one letter at a time", yaml, async () => {
  const { put, send } = await openBench();
  const id = await put(letterOf(1));
  const accept = { accept: "application/json" };
  const replayed = JSON.parse((await send(LIST, `do=replay&id=${id}`, accept)).text);
  assert.equal(replayed.ok, true);
  assert.match(replayed.href, /^\/dashboard\/jobs\//);
  const again = JSON.parse((await send(LIST, `do=purge&confirmed=yes&id=${id}`, accept)).text);
  assert.deepEqual(again, { id, ok: false, text: "It is not there any more." });
});

Deno.test("[B4] letters that cannot be looked at are a page that says why", yaml, async () => {
  const { transport, see } = await openBench();
  await transport.close();
  const { status, html } = await see(LIST);
  assert.equal(status, 503);
  assert.match(html, /Dead letters: [^<]{10}/);
});

Deno.test("[B4] a letter that is too long to be edited is replayed as it is", yaml, async () => {
  const { put, see, send, sent, store } = await openBench();
  const payload = { text: "x".repeat(5_000_000) };
  const id = await put(letterOf(payload));
  const { html } = await see(`${LIST}/${id}`);
  assert(html.length < 300_000, `${html.length} characters`);
  assert.match(html, /<textarea[^>]*>\s*<\/textarea>/);
  const { status, location } = await send(`${LIST}/${id}`, "do=replay&from_step=1&payload=");
  assert.equal(status, 303);
  assert.deepEqual(sent.map(({ queue }) => queue), ["b"]);
  const stored = await store.read(location?.replace("/dashboard/jobs/", "") ?? "");
  assert.deepEqual(stored?.payload, payload);
});

Deno.test(
  "[B4] of a way that nobody walks to its end, what is around the failure is shown",
  yaml,
  async () => {
    const { put, see } = await openBench();
    const steps = Array.from({ length: 100_000 }, (_, at) => `s${at}`);
    const route = { steps, current: 500, metadata: {} };
    const id = await put({ job_id: "j1", route, headers: {}, payload: {} });
    const { html } = await see(`${LIST}/${id}`);
    assert(html.length < 3_000_000, `${html.length} characters`);
    for (const words of ["400 before", ">s500<", "99400 more"]) assert(html.includes(words), words);
    assert(!html.includes(">s399<"));
    assert.match(html, /<input id="from_step"[^>]*value="500"/, "any of its steps can be written");
  },
);

Deno.test("[B4] the place of a letter's body has a row for itself", yaml, async () => {
  const { put, see } = await openBench();
  const id = await put({ error: "x", job_id: "j1", dead_letter: { stored: "s3://bucket/key" } });
  const { html } = await see(`${LIST}/${id}`);
  assert.match(html, /<div class="whole"><dt>Stored at<\/dt><dd><code[^>]*>s3:\/\/bucket\/key</);
});

Deno.test(
  "[B4] of a queue that is too long to be looked through, it is told what was not",
  yaml,
  async () => {
    const { transport, see } = await openBench();
    const letters = Array.from({ length: 2_001 }, (_, at) => ({
      queue: QUEUE,
      body: new TextEncoder().encode(JSON.stringify(letterOf(at))),
      messageId: `m${at}`,
    }));
    await transport.publish(letters);
    const { html } = await see(`${LIST}?q=nothing-is-like-this`);
    assert.match(html, /The oldest 2000 letters were looked at; there are more behind them/);
    assert.doesNotMatch((await see(LIST)).html, /letters were looked at/);
  },
);
