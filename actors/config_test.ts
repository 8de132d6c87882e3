import { permissionFlags } from "@asya/program";
import assert from "node:assert/strict";
import { findNotices, readActorConfig } from "./config.ts";

const pure = { permissions: "none" } as const;

Deno.test("[C1] settings of the store that do not go together are all told at once", pure, () => {
  const table: [Record<string, string>, ...RegExp[]][] = [
    [{ ASYA_S3_BUCKET: "papers", ASYA_RESULTS_DIR: "/r" }, /allowed: one of them/],
    [{ ASYA_S3_ENDPOINT: "http://minio:9000" }, /ASYA_S3_BUCKET is not; allowed: both/],
    [
      { ASYA_S3_BUCKET: "papers", ASYA_S3_ENDPOINT: "http://ada:secret@minio:9000" },
      /ASYA_S3_ENDPOINT has a user in it; allowed: a URL without, and the two keys$/,
    ],
    [{ ASYA_S3_BUCKET: "papers", ASYA_S3_ACCESS_KEY: "me" }, /ASYA_S3_SECRET_KEY is not/],
    [
      { ASYA_S3_BUCKET: "Papers", ASYA_S3_ENDPOINT: "minio:9000", ASYA_S3_ACCESS_KEY: "me" },
      /ASYA_S3_BUCKET.*\n.*ASYA_S3_ENDPOINT.*\nASYA_S3_ACCESS_KEY is set, but/,
    ],
  ];
  for (const [env, ...problems] of table) {
    for (const problem of problems) assert.throws(() => readActorConfig(env), problem);
  }
});

Deno.test("[C2] a wrong secret of the store is not shown", pure, () => {
  const env = { ASYA_S3_BUCKET: "papers", ASYA_S3_SECRET_KEY: "hunter22" };
  assert.throws(() => readActorConfig(env), (error: Error) => !/hunter22/.test(error.message));
});

Deno.test("[C3] older names of the store's settings are read, with a notice each", pure, () => {
  const older = { ASYA_S3_RESULTS_PREFIX: "done/", ASYA_S3_ERRORS_PREFIX: "bad/", AWS_REGION: "r" };
  const notices = (env: Record<string, string>) => findNotices(env, "s3ErrorsPrefix");
  assert.deepEqual(notices(older), [
    "AWS_REGION is an older name; please set ASYA_S3_REGION instead",
    "ASYA_S3_ERRORS_PREFIX is an older name; please set ASYA_S3_BASE_PREFIX instead",
  ]);
  assert.deepEqual(notices({ ...older, ASYA_S3_BASE_PREFIX: "all/", ASYA_S3_REGION: "s" }), [
    "AWS_REGION is ignored, since ASYA_S3_REGION is set",
    "ASYA_S3_ERRORS_PREFIX is ignored, since ASYA_S3_BASE_PREFIX is set",
  ]);
  assert.equal(readActorConfig(older).s3Region, "r");
  assert.deepEqual(notices({}), []);
});

Deno.test("[C8] a folder for outcomes needs no right that a bucket needs", async () => {
  const list = await Deno.readTextFile(new URL("permissions.json", import.meta.url));
  const flags = permissionFlags(JSON.parse(list), { ASYA_RESULTS_DIR: "/r", HOME: "/h" });
  assert.deepEqual(flags.filter((flag) => /sys|net|AWS_\*/.test(flag)), []);
});
