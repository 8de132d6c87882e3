import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { TEST_BUCKET, TEST_S3_KEYS, TestS3 } from "../tests/kit/s3.ts";
import { createS3Store } from "./s3_store.ts";
import { testObjectStore } from "./testing/object_store_suite.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function storeOf(
  { endpoint }: Pick<TestS3, "endpoint">,
  bucket = TEST_BUCKET,
  credentials: { accessKeyId: string; secretAccessKey: string } = TEST_S3_KEYS,
) {
  return createS3Store({ bucket, endpoint, credentials });
}

function clientOf({ endpoint }: TestS3): S3Client {
  const region = "us-east-1";
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: TEST_S3_KEYS });
}

testObjectStore("S3", async (test) => {
  await using server = await TestS3.start();
  const client = clientOf(server);
  await test({
    open: () => storeOf(server),
    objects: () => server.objects(),
    async read(uri) {
      const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return await Body?.transformToByteArray() ?? new Uint8Array();
    },
  });
  client.destroy();
});

Deno.test("[D10] an object that somebody else put into the bucket is compared byte by byte", async () => {
  await using server = await TestS3.start();
  const client = clientOf(server);
  const put = (Body: string) =>
    client.send(new PutObjectCommand({ Bucket: TEST_BUCKET, Key: "j1.json", Body }));
  await put("same");
  assert.equal((await storeOf(server).put("j1.json", encode("same"))).outcome, "unchanged");
  await put("else");
  assert.equal((await storeOf(server).put("j1.json", encode("same"))).outcome, "kept_beside");
  client.destroy();
});

Deno.test("[D22] a server that is away, and a bucket that there is not, are for later", async () => {
  await using server = await TestS3.start();
  const store = storeOf(server);
  await server.kill();
  await assert.rejects(
    async () => await store.put("j1.json", encode("{}")),
    /no answer from http:\/\/127.0.0.1:.*(ECONNREFUSED|refused)/i,
  );
  await server.start();
  assert.equal((await store.put("j1.json", encode("{}"))).outcome, "created");
  await assert.rejects(
    async () => await storeOf(server, "elsewhere").put("j1.json", encode("{}")),
    /there is no bucket elsewhere/,
  );
});

Deno.test("[D22] [C2] wrong keys cost nothing, and are in no sentence about it", async () => {
  await using server = await TestS3.start();
  const wrong = { ...TEST_S3_KEYS, accessKeyId: "AKIA-1234" };
  const store = storeOf(server, TEST_BUCKET, wrong);
  const error = await store.put("j1.json", encode("{}")).then(() => undefined, (error) => error);
  assert.match(error.message, /does not (accept the credentials|let us in)/);
  assert.doesNotMatch(Deno.inspect(error), /AKIA-1234/);
  assert.equal((await storeOf(server).put("j1.json", encode("{}"))).outcome, "created");
});
