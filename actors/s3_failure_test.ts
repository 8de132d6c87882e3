import assert from "node:assert/strict";
import { judgeS3Failure } from "./s3_failure.ts";

const place = { bucket: "papers", region: "eu-west-1", secrets: ["AKIA123", "hunter22"] };
const pure = { permissions: "none" } as const;

function answer(status: number, name: string, message = "?") {
  return { name, message, $metadata: { httpStatusCode: status } };
}

Deno.test("[D10] [D22] of all that S3 can say, only what is about the object ends it", pure, () => {
  const table: [unknown, "refused" | "later", RegExp][] = [
    [answer(400, "EntityTooLarge"), "refused", /^the object cannot be stored \(400 Entity/],
    [answer(400, "KeyTooLongError"), "refused", /KeyTooLong/],
    [answer(400, "MetadataTooLarge"), "refused", /MetadataTooLarge/],
    [answer(413, "UnknownError"), "refused", /413/],
    [answer(414, "UnknownError"), "refused", /414/],

    [answer(404, "NoSuchBucket"), "later", /^there is no bucket papers/],
    [answer(400, "InvalidBucketName"), "later", /^AWS does not take it now/],
    [answer(403, "InvalidAccessKeyId"), "later", /^AWS does not accept the credentials/],
    [answer(403, "SignatureDoesNotMatch"), "later", /does not accept the credentials/],
    [answer(400, "ExpiredToken"), "later", /does not accept the credentials/],
    [answer(403, "RequestTimeTooSkewed"), "later", /does not accept the credentials/],
    [{ name: "CredentialsProviderError", message: "none" }, "later", /credentials/],
    [answer(403, "AccessDenied"), "later", /does not let us in; needed are s3:PutObject, /],
    [answer(403, "Forbidden"), "later", /s3:ListBucket/],
    [answer(401, "UnknownError"), "later", /does not let us in/],
    [answer(301, "PermanentRedirect"), "later", /is in another region than eu-west-1/],
    [answer(400, "AuthorizationHeaderMalformed"), "later", /another region/],
    [answer(503, "SlowDown"), "later", /^AWS is busy/],
    [answer(429, "TooManyRequests"), "later", /^AWS is busy/],
    [answer(507, "XMinioStorageFull"), "later", /^AWS is full/],
    [answer(500, "InternalError"), "later", /does not take it now \(500 InternalError: \?\)/],
    [answer(400, "RequestTimeout"), "later", /does not take it now/],
    [answer(400, "SomethingNew"), "later", /does not take it now/],
    [new TypeError("Region is missing"), "later", /no answer from AWS \(TypeError: Region/],
    [
      new AggregateError([new Error("connect ECONNREFUSED ::1:9")]),
      "later",
      /AggregateError: connect ECONNREFUSED ::1:9/,
    ],
    [Object.assign(new Error(""), { code: "ECONNRESET" }), "later", /Error: ECONNRESET/],
    ["gone", "later", /no answer from AWS \(Error: gone\)/],
    [null, "later", /no answer/],
    [undefined, "later", /no answer/],
    [{}, "later", /Error: no message/],
  ];
  for (const [error, kind, reason] of table) {
    const verdict = judgeS3Failure(error, place);
    assert.equal(verdict.kind, kind, JSON.stringify(error));
    assert.match(verdict.reason, reason);
  }
});

Deno.test("[C2] no credential gets into a reason, whatever a server repeats", pure, () => {
  const error = answer(403, "InvalidAccessKeyId", "AKIA123 with hunter22 is nobody");
  const { reason } = judgeS3Failure(error, place);
  assert.match(reason, /\*\*\* with \*\*\* is nobody/);
});

Deno.test("where nobody said which region of AWS, that may be why", pure, () => {
  const { reason } = judgeS3Failure(new Error("Region is missing"), { bucket: "papers" });
  assert.equal(
    reason,
    "no answer from AWS, and ASYA_S3_REGION names no region (Error: Region is missing)",
  );
});

Deno.test("an endpoint is named as the one who did not answer", pure, () => {
  const { reason } = judgeS3Failure(new Error("timeout"), {
    bucket: "papers",
    endpoint: "http://minio:9000",
  });
  assert.equal(reason, "no answer from http://minio:9000 (Error: timeout)");
});
