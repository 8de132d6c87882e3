import assert from "node:assert/strict";
import { parseTraceparent } from "@asya/program";
import { createProgressPoster } from "./post_progress.ts";
import type { PostProgress, PostResult, QueuedReport } from "./report.ts";
import { FakeClock } from "./testing/fake_clock.ts";

const REPORTS: QueuedReport[] = [
  { jobId: "j 1", json: '{"job_id":"j 1","step":"ocr"}' },
  { jobId: "j2", json: '{"job_id":"j2","step":"ocr"}' },
];

interface Heard {
  readonly path: string;
  readonly token: string | null;
  readonly body: unknown;
}

function posterOf(url: string, clock: FakeClock, token?: string): PostProgress {
  const post = createProgressPoster(url, token, clock);
  assert(post);
  return post;
}

/** Runs against a gateway that answers what it is told, and gives what it heard. */
async function against(
  answer: (path: string) => Response,
  fn: (url: string, clock: FakeClock) => Promise<void>,
): Promise<Heard[]> {
  const heard: Heard[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname: path } = new URL(request.url);
      const token = request.headers.get("authorization");
      // A gateway that makes traces makes none of reports.
      assert.equal(parseTraceparent(request.headers.get("traceparent"))?.flags, 0);
      heard.push({ path, token, body: await request.json() });
      return answer(path);
    },
  );
  try {
    await fn(`http://127.0.0.1:${server.addr.port}/`, new FakeClock());
  } finally {
    await server.shutdown();
  }
  return heard;
}

Deno.test("a batch is posted with the token, and the answer names inactive jobs", async () => {
  let result: PostResult | undefined;
  const heard = await against(
    () => Response.json({ status: "ok", inactive: ["j2"] }),
    async (url, clock) => {
      result = await posterOf(url, clock, "s3cret")(REPORTS);
    },
  );
  assert.deepEqual(result, { kind: "accepted", inactive: ["j2"] });
  assert.deepEqual(heard, [{
    path: "/progress",
    token: "Bearer s3cret",
    body: { updates: [{ job_id: "j 1", step: "ocr" }, { job_id: "j2", step: "ocr" }] },
  }]);
});

Deno.test("a gateway that knows no batches gets single reports, and is asked again later", async () => {
  const heard = await against(
    (path) => Response.json({ error: "no" }, { status: path === "/progress" ? 404 : 200 }),
    async (url, clock) => {
      const post = posterOf(url, clock);
      assert.deepEqual(await post(REPORTS), { kind: "accepted", inactive: [] });
      await post(REPORTS.slice(1));
      await clock.pass(60_000);
      await post(REPORTS.slice(1));
    },
  );
  assert.deepEqual(heard.map(({ path, token }) => [path, token]), [
    ["/progress", null],
    ["/jobs/j%201/progress", null],
    ["/jobs/j2/progress", null],
    ["/jobs/j2/progress", null],
    ["/progress", null],
    ["/jobs/j2/progress", null],
  ]);
});

const answers: [number, PostResult][] = [
  [401, { kind: "refused", status: 401 }],
  [413, { kind: "refused", status: 413 }],
  [408, { kind: "unreachable", reason: "it answers 408" }],
  [429, { kind: "unreachable", reason: "it answers 429" }],
  [503, { kind: "unreachable", reason: "it answers 503" }],
];

for (const [status, expected] of answers) {
  Deno.test(`an answer of ${status} is ${expected.kind}`, async () => {
    let result: PostResult | undefined;
    await against(() => new Response("no", { status }), async (url, clock) => {
      result = await posterOf(url, clock)(REPORTS);
    });
    assert.deepEqual(result, expected);
  });
}

Deno.test("a gateway that does not answer, or not in JSON, hurts nobody", async () => {
  const gone = await posterOf("http://127.0.0.1:1", new FakeClock())(REPORTS);
  assert.equal(gone.kind, "unreachable");
  let result: PostResult | undefined;
  await against(() => new Response("OK"), async (url, clock) => {
    result = await posterOf(url, clock)(REPORTS);
  });
  assert.deepEqual(result, { kind: "accepted", inactive: [] });
});

Deno.test("without a gateway there is nobody to post to", () => {
  assert.equal(createProgressPoster(undefined, "s3cret", new FakeClock()), undefined);
});
