import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createHash } from "node:crypto";

/** Where a bucket is, and who comes to it. */
export interface S3BucketOptions {
  readonly bucket: string;
  /** A server other than AWS, such as MinIO: `http://minio:9000`. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Not set: AWS' own chain finds some, in roles, files and variables. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Milliseconds that one request may take. */
  readonly timeoutMs?: number;
}

/** The objects of a bucket, as far as a store needs them. */
export interface S3Bucket {
  /** Whether it is sure that {@linkcode S3Bucket.create} never overwrites. */
  readonly knowsConditions: boolean;
  /** Whether a key holds some content, other content, or nothing. */
  compare(key: string, content: Uint8Array): Promise<"missing" | "unchanged" | "different">;
  /**
   * Writes content under a key.
   *
   * @returns whether it was free; where it was not, nothing has changed
   */
  create(key: string, content: Uint8Array): Promise<boolean>;
  /** Removes a key; that it is not there is no error. */
  remove(key: string): Promise<void>;
}

/** The least that a part of an upload may have, the last one aside; larger objects go in parts. */
const PART_BYTES = 5 * 1024 * 1024;

/** Parts that are under way at once. */
const PARTS_IN_FLIGHT = 3;

/** A server that does not answer for so long is away; without the last, it would only be noted. */
const TIMEOUTS = {
  connectionTimeout: 5_000,
  requestTimeout: 30_000,
  socketTimeout: 30_000,
  throwOnRequestTimeout: true,
};

/** Of a request; more tries come with the message, which is delivered again. */
const MAX_TRIES = 2;

/** Where a region is needed and none is given: servers other than AWS take any. */
const ANY_REGION = "us-east-1";

/** The name under which an object says what it holds, so that nobody needs to read it. */
const HASH = "sha256";

/**
 * Opens a bucket; nothing is asked of it yet.
 *
 * @param options where it is, and who comes to it
 */
export function openS3Bucket(options: S3BucketOptions): S3Bucket {
  const client = new S3Client(configOf(options));
  const { bucket: Bucket } = options;
  return {
    knowsConditions: options.endpoint === undefined,
    async compare(Key, content) {
      const head = await orUndefined(client.send(new HeadObjectCommand({ Bucket, Key })), 404);
      if (head === undefined) return "missing";
      if (head.ContentLength !== content.length) return "different";
      const hash = head.Metadata?.[HASH];
      if (hash !== undefined) return hash === hashOf(content) ? "unchanged" : "different";
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = await Body?.transformToByteArray();
      return bytes && isEqual(bytes, content) ? "unchanged" : "different";
    },
    async create(Key, content) {
      const params = {
        Bucket,
        Key,
        Body: content,
        ContentType: "application/json",
        Metadata: { [HASH]: hashOf(content) },
        IfNoneMatch: "*",
      };
      const sent = content.length > PART_BYTES
        ? new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_IN_FLIGHT }).done()
        : client.send(new PutObjectCommand(params));
      // 412: the key is taken; 409: another is taking it at this moment.
      return await orUndefined(sent, 412, 409) !== undefined;
    },
    async remove(Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}

function configOf(options: S3BucketOptions): S3ClientConfig {
  const { endpoint, region, credentials, timeoutMs } = options;
  return {
    requestHandler: { ...TIMEOUTS, ...(timeoutMs !== undefined && { requestTimeout: timeoutMs }) },
    maxAttempts: MAX_TRIES,
    ...(credentials && { credentials }),
    ...((region ?? endpoint) !== undefined && { region: region ?? ANY_REGION }),
    ...(endpoint !== undefined && {
      endpoint,
      // What others than AWS understand.
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
  };
}

/** An answer, or `undefined` where the server refused with one of some statuses. */
async function orUndefined<T>(answer: Promise<T>, ...statuses: number[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status !== undefined && statuses.includes(status)) return undefined;
    throw error;
  }
}

function hashOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
