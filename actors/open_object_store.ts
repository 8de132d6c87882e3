import type { ActorConfig } from "./config.ts";
import { createFolderStore } from "./folder_store.ts";
import type { ObjectStore } from "./object_store.ts";
import type { S3BucketOptions } from "./s3_bucket.ts";
import { createS3Store } from "./s3_store.ts";

/** Who comes to a server of one's own that was not told otherwise: what MinIO begins with. */
const MINIO = { accessKeyId: "minioadmin", secretAccessKey: "minioadmin" };

/**
 * The store that the settings name, if they name one.
 *
 * @param config the settings
 */
export function openObjectStore(config: ActorConfig): ObjectStore | undefined {
  const bucket = bucketOptions(config);
  if (bucket) return createS3Store(bucket);
  return config.resultsDir === undefined ? undefined : createFolderStore(config.resultsDir);
}

/**
 * The bucket that the settings name, if they name one.
 *
 * @param config the settings
 */
export function bucketOptions(config: ActorConfig): S3BucketOptions | undefined {
  const { s3Bucket: bucket, s3Endpoint: endpoint, s3Region: region } = config;
  if (bucket === undefined) return undefined;
  const credentials = credentialsOf(config);
  return {
    bucket,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials && { credentials }),
  };
}

function credentialsOf({ s3AccessKey, s3SecretKey, s3Endpoint }: ActorConfig) {
  if (s3AccessKey !== undefined && s3SecretKey !== undefined) {
    return { accessKeyId: s3AccessKey, secretAccessKey: s3SecretKey };
  }
  return s3Endpoint === undefined ? undefined : MINIO;
}
