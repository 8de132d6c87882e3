/** Where outcomes go in S3. */
export interface BucketPlace {
  readonly bucket: string;
  /** What keys begin with: folders, each with a slash at its end; may be empty. */
  readonly prefix: string;
}

const BUCKET_URL =
  /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/((?:(?!\.{1,2}\/)[A-Za-z0-9!_.*'()-]+\/)*))?$/;

/**
 * Reads the place of a bucket: `s3://bucket` or `s3://bucket/folder/`.
 *
 * @param url the URL
 * @returns `undefined` for what is none
 * @example
 * ```ts
 * import { parseBucketUrl } from "./bucket_url.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseBucketUrl("s3://papers/team-a/"), { bucket: "papers", prefix: "team-a/" });
 * assert.deepEqual(parseBucketUrl("s3://papers"), { bucket: "papers", prefix: "" });
 * assert.equal(parseBucketUrl("s3://papers/team-a"), undefined);
 * ```
 */
export function parseBucketUrl(url: string): BucketPlace | undefined {
  const [, bucket, prefix = ""] = BUCKET_URL.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

/**
 * Whether a text names a place by a URL, and not a folder by its path.
 *
 * @param text as it stands in a file
 */
export function isUrl(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);
}
