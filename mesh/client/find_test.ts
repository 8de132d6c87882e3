import assert from "node:assert/strict";
import { findJob } from "./find_job.ts";
import { findLetters, listLetters } from "./find_letters.ts";
import { GatewayClient } from "./gateway_client.ts";
import { readHistory } from "./read_history.ts";

/** A gateway with some jobs and dead letters, two on a page. */
async function withGateway(
  ids: readonly string[],
  test: (client: GatewayClient, asked: URL[]) => Promise<void>,
): Promise<void> {
  const asked: URL[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    asked.push(url);
    const [, list = "", id] = url.pathname.split("/");
    if (id !== undefined) {
      const known = ids.includes(id);
      return Response.json(known ? { id, status: "Failed", tool: "t" } : { error: "unknown" }, {
        status: known ? 200 : 404,
      });
    }
    const start = Number(url.searchParams.get("cursor") ?? 0);
    const items = ids.map((id) => ({ id, status: "Failed", tool: "t" }))
      .filter(({ id }) => id.includes(url.searchParams.get("q") ?? ""));
    return Response.json({
      [list.replace("-", "_")]: items.slice(start, start + 2),
      ...(items.length > start + 2 && { next_cursor: String(start + 2) }),
    });
  });
  try {
    await test(new GatewayClient({ url: `http://127.0.0.1:${server.addr.port}` }), asked);
  } finally {
    await server.shutdown();
  }
}

Deno.test("a job is found by its id, or by letters that no other id begins with", () =>
  withGateway(["7d1f-1", "7d1f-2", "0b-7d1f"], async (client) => {
    assert.equal((await findJob(client, "7d1f-1")).id, "7d1f-1");
    assert.equal((await findJob(client, "0b")).id, "0b-7d1f");
    await assert.rejects(
      findJob(client, "7d1f"),
      /^GatewayError: 2 jobs begin with 7d1f:\n {2}7d1f-1 {2}Failed {2}t\n {2}7d1f-2 {2}Failed {2}t$/,
    );
    await assert.rejects(
      findJob(client, "zz"),
      /there is no job zz at .*; asya jobs ls lists them/,
    );
  }));

Deno.test("dead letters are found likewise, each once, on whatever page", () =>
  withGateway(["a1", "a2", "b1", "b2", "c1"], async (client, asked) => {
    const found = await findLetters(client, ["c", "a2", "c1"]);
    assert.deepEqual(found.map(({ id }) => id), ["c1", "a2"]);
    await assert.rejects(
      findLetters(client, ["b"]),
      /2 dead letters begin with b:\n {2}b1\n {2}b2$/,
    );
    await assert.rejects(findLetters(client, ["z"]), /there is no dead letter z/);
    asked.length = 0;
    const some = await listLetters(client, { step: "ocr", tool: undefined }, 3);
    assert.deepEqual(some.map(({ id }) => id), ["a1", "a2", "b1"]);
    assert.deepEqual(asked.map(({ search }) => search), [
      "?step=ocr&limit=3",
      "?step=ocr&limit=1&cursor=2",
    ]);
  }));

Deno.test("what has happened to a job that goes on is read without waiting for its end", async () => {
  const tell = (id: number, event: string) => `id: ${id}\nevent: ${event}\ndata: {"n":${id}}\n\n`;
  const parts = [tell(1, "update"), tell(2, "partial"), tell(3, "update"), tell(4, "partial")];
  let isLeft = false;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    const text = `event: status\ndata: Running\n\n${parts.join("")}`;
    // Goes on, and says nothing more.
    return new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
        cancel: () => void (isLeft = true),
      }),
    );
  });
  const client = new GatewayClient({ url: `http://127.0.0.1:${server.addr.port}` });
  const read = async (count: number) => {
    const job = { id: "j", status: "Running", update_count: count };
    return (await readHistory(client, job, new AbortController().signal)).map(({ n }) => n);
  };
  assert.deepEqual(await read(4), [1, 3]);
  assert.deepEqual(await read(2), [1], "what came later is not of this look");
  assert.deepEqual(await read(0), []);
  await server.shutdown();
  assert(isLeft);
});
