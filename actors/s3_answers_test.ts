/**
 * What a store in S3 does with answers that a real server gives seldom, or never at will.
 *
 * @module
 */
import { fingerprint } from "@asya/protocol";
import assert from "node:assert/strict";
import type { ObjectStore } from "./object_store.ts";
import { createS3Store } from "./s3_store.ts";
import { s3Error, ScriptedS3, type SeenRequest } from "./testing/scripted_s3.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const credentials = { accessKeyId: "AKIA-1234", secretAccessKey: "hunter22hunter22" };

function storeOf(server: ScriptedS3, timeoutMs?: number): ObjectStore {
  const { endpoint } = server;
  return createS3Store({
    bucket: "papers",
    endpoint,
    credentials,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

const ok = () => new Response("", { headers: { etag: '"1"' } });

/** What a HEAD of an object of some content answers. */
function head(content: string): Response {
  return new Response(null, {
    headers: {
      "content-length": String(content.length),
      "x-amz-meta-sha256": fingerprint(content, 64),
    },
  });
}

/** A server whose key is free when it is looked at, and taken when it is written. */
function racing(winner: string): ScriptedS3 {
  let isTaken = false;
  return new ScriptedS3(({ line, headers }) => {
    const isOwnKey = line.includes("/j1.json");
    if (line.startsWith("HEAD")) {
      return isOwnKey && isTaken ? head(winner) : s3Error(404, "NotFound");
    }
    assert.equal(headers.get("if-none-match"), "*");
    if (!isOwnKey) return ok();
    isTaken = true;
    return s3Error(412, "PreconditionFailed");
  });
}

Deno.test("[D10] [D22] of two who write one key at one moment, the second goes beside it", async () => {
  await using server = racing("other");
  const stored = await storeOf(server).put("k/j1.json", encode("mine"));
  const beside = `k/j1~${fingerprint("mine")}.json`;
  assert.deepEqual(stored, { uri: `s3://papers/${beside}`, outcome: "kept_beside" });
  assert.deepEqual(server.lines, [
    "HEAD /papers/k/j1.json",
    "PUT /papers/k/j1.json",
    "HEAD /papers/k/j1.json",
    `HEAD /papers/${beside}`,
    `PUT /papers/${beside}`,
  ]);
});

Deno.test("[D10] [D22] of two who write the same at one moment, there is one object", async () => {
  await using server = racing("mine");
  const stored = await storeOf(server).put("k/j1.json", encode("mine"));
  assert.deepEqual(stored, { uri: "s3://papers/k/j1.json", outcome: "unchanged" });
});

Deno.test("a key that another takes and loses at this moment is for later", async () => {
  await using server = new ScriptedS3(({ line }) =>
    line.startsWith("HEAD") ? s3Error(404, "NotFound") : s3Error(409, "ConditionalRequestConflict")
  );
  await assert.rejects(
    async () => await storeOf(server).put("j1.json", encode("{}")),
    { message: "j1.json was taken by another writer, and is gone again" },
  );
});

Deno.test("[D22] an object of more than 5 MiB goes in parts, and its last step takes no taken key", async () => {
  let isTaken = false;
  await using server = new ScriptedS3(({ line, headers }) => {
    if (line.startsWith("HEAD")) return isTaken ? head("other") : s3Error(404, "NotFound");
    if (line.startsWith("DELETE")) return new Response(null, { status: 204 });
    if (line.includes("?uploads")) {
      return new Response(
        "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
      );
    }
    if (line.startsWith("PUT") && line.includes("partNumber")) return ok();
    if (line.startsWith("POST")) {
      assert.equal(headers.get("if-none-match"), "*");
      isTaken = true;
      return s3Error(412, "PreconditionFailed");
    }
    return ok();
  });
  const content = new Uint8Array(11 * 1024 * 1024).fill(120);
  const stored = await storeOf(server).put("j1.json", content);
  assert.equal(stored.outcome, "kept_beside");
  const own = server.lines.filter((line) => line.includes("/j1.json"));
  assert.deepEqual(own.filter((line) => line.includes("partNumber")).sort(), [
    "PUT /papers/j1.json?partNumber=1&uploadId=u1",
    "PUT /papers/j1.json?partNumber=2&uploadId=u1",
    "PUT /papers/j1.json?partNumber=3&uploadId=u1",
  ]);
  assert.ok(own.includes("DELETE /papers/j1.json?uploadId=u1"), "no part is left lying about");
  const parts = server.requests.filter(({ line }) => line.includes("/j1.json?partNumber"));
  assert.deepEqual(parts.map(({ body }) => body.length).sort(), [
    1024 * 1024,
    5 * 1024 * 1024,
    5 * 1024 * 1024,
  ]);
});

Deno.test("[D22] what a server says decides between later and never", async (t) => {
  const answers: [SeenRequest["line"], () => Response, RegExp | "refused"][] = [
    ["the keys are wrong", () => s3Error(403, "InvalidAccessKeyId"), /not accept the credentials/],
    ["a right is missing", () => s3Error(403, "AccessDenied"), /s3:PutObject/],
    ["no bucket", () => s3Error(404, "NoSuchBucket"), /there is no bucket papers/],
    ["another region", () => s3Error(301, "PermanentRedirect"), /another region/],
    ["busy", () => s3Error(503, "SlowDown"), /is busy/],
    ["full", () => s3Error(507, "XMinioStorageFull"), /is full/],
    ["broken", () => s3Error(500, "InternalError"), /does not take it now/],
    ["no S3 at all", () => new Response("<html>hello</html>", { status: 502 }), /now \(502/],
    ["too large", () => s3Error(400, "EntityTooLarge"), "refused"],
    ["too large for a proxy", () => new Response("no", { status: 413 }), "refused"],
    ["too long a key", () => s3Error(400, "KeyTooLongError"), "refused"],
  ];
  for (const [what, answer, expected] of answers) {
    await t.step(what, async () => {
      await using server = new ScriptedS3(({ line }) =>
        line.startsWith("HEAD") ? s3Error(404, "NotFound") : answer()
      );
      const put = async () => await storeOf(server).put("j1.json", encode("{}"));
      if (expected === "refused") assert.equal((await put()).outcome, "refused");
      else await assert.rejects(put, expected);
    });
  }
});

Deno.test("[D22] a server that never answers is away", async () => {
  const { promise: never, resolve } = Promise.withResolvers<Response>();
  await using server = new ScriptedS3(() => never);
  await assert.rejects(
    async () => await storeOf(server, 100).put("j1.json", encode("{}")),
    /no answer from http:.*TimeoutError/,
  );
  resolve(new Response());
});

Deno.test("[C2] a server that repeats credentials in its error gets them into no sentence", async () => {
  const { accessKeyId, secretAccessKey } = credentials;
  const said = `${accessKeyId} came with ${secretAccessKey}`;
  await using server = new ScriptedS3(() => s3Error(403, "SignatureDoesNotMatch", said));
  const error = await storeOf(server).put("j1.json", encode("{}")).then(
    () => undefined,
    (error: Error) => error,
  );
  assert.ok(error);
  assert.doesNotMatch(Deno.inspect(error), /hunter22|AKIA-1234/);
});
