import { fingerprint } from "@asya/protocol";
import { besideKey, type ObjectStore, type StoredObject } from "./object_store.ts";
import type { S3Bucket, S3BucketOptions } from "./s3_bucket.ts";
import { judgeS3Failure } from "./s3_failure.ts";

/**
 * A store whose objects are those of an S3 bucket.
 *
 * An object is placed under a key only where the key is free, by a conditional write. Servers other
 * than AWS may not know those, and overwrite: with them a key is looked at first, and of two who
 * write the same key at the same moment the later one may win.
 *
 * The client is loaded with the first object.
 *
 * @param options where the bucket is, and who comes to it
 */
export function createS3Store(options: S3BucketOptions): ObjectStore {
  const { bucket: name, credentials } = options;
  const secrets = credentials ? [credentials.accessKeyId, credentials.secretAccessKey] : [];
  let opened: Promise<S3Bucket> | undefined;
  const open = async () => {
    const { openS3Bucket } = await import("./s3_bucket.ts");
    return openS3Bucket(options);
  };
  const forget = (error: unknown) => {
    opened = undefined;
    throw error;
  };
  return {
    async put(key, content) {
      let stored: StoredObject | undefined;
      try {
        opened ??= open().catch(forget);
        stored = await store(await opened, name, key, content);
      } catch (error) {
        const { kind, reason } = judgeS3Failure(error, { ...options, secrets });
        if (kind === "refused") return { outcome: kind, reason };
        throw new Error(reason);
      }
      if (stored) return stored;
      throw new Error(`${key} was taken by another writer, and is gone again`);
    },
  };
}

/**
 * Keeps an object under its key, or beside it where the key holds something else; answers nothing
 * where that changes at this moment.
 */
async function store(
  bucket: S3Bucket,
  name: string,
  key: string,
  content: Uint8Array,
): Promise<StoredObject | undefined> {
  const stored = (key: string, outcome: StoredObject["outcome"]) => ({
    uri: `s3://${name}/${key}`,
    outcome,
  });
  const first = await place(bucket, key, content);
  if (first === "missing") return undefined;
  if (first !== "different") return stored(key, first);
  const beside = besideKey(key, fingerprint(content));
  // Its name is the hash of its content: whatever is there already is this object.
  const second = await place(bucket, beside, content);
  return second === "missing" ? undefined : stored(beside, "kept_beside");
}

/** Puts content under a key that is free; says what is there where it is not. */
async function place(
  bucket: S3Bucket,
  key: string,
  content: Uint8Array,
): Promise<"created" | "unchanged" | "different" | "missing"> {
  const before = bucket.knowsConditions ? "missing" : await bucket.compare(key, content);
  if (before !== "missing") return before;
  if (await bucket.create(key, content)) return "created";
  return await bucket.compare(key, content);
}
