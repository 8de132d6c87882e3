import { fingerprint } from "@asya/protocol";
import { besideKey, type ObjectStore, type StoredObject } from "./object_store.ts";
import type { S3Bucket, S3BucketOptions } from "./s3_bucket.ts";

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
  let opened: Promise<S3Bucket> | undefined;
  const open = async () => {
    const { openS3Bucket } = await import("./s3_bucket.ts");
    return openS3Bucket(options);
  };
  return {
    async put(key, content) {
      opened ??= open();
      const bucket = await opened;
      const stored = (key: string, outcome: StoredObject["outcome"]) => ({
        uri: `s3://${options.bucket}/${key}`,
        outcome,
      });
      const first = await place(bucket, key, content);
      if (first !== "different") return stored(key, first);
      const beside = besideKey(key, fingerprint(content));
      // Its name is the hash of its content: whatever is there already is this object.
      await place(bucket, beside, content);
      return stored(beside, "kept_beside");
    },
  };
}

/** Puts content under a key that is free; says what was there where it is not. */
async function place(
  bucket: S3Bucket,
  key: string,
  content: Uint8Array,
): Promise<"created" | "unchanged" | "different"> {
  const before = bucket.knowsConditions ? "missing" : await bucket.compare(key, content);
  if (before !== "missing") return before;
  if (await bucket.create(key, content)) return "created";
  const after = await bucket.compare(key, content);
  if (after !== "missing") return after;
  throw new Error(`${key} was taken by another writer, and is gone again`);
}
