/** What an error of S3 means for the object that was to be stored. */
export interface S3Verdict {
  /**
   * - `refused`: the store will never take this object, whatever becomes of it or of us;
   * - `later`: it may take it when it is back, has room, or its keeper has put something right.
   */
  readonly kind: "refused" | "later";
  /** A sentence for whoever keeps the store. */
  readonly reason: string;
}

/** The place that an error came from. */
export interface S3Place {
  readonly bucket: string;
  /** The server, where it is not AWS. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** Texts that no log may show. */
  readonly secrets?: readonly string[];
}

/** What says something about the object itself: everything else may be put right. */
const ABOUT_THE_OBJECT: ReadonlySet<string> = new Set([
  "EntityTooLarge",
  "KeyTooLongError",
  "MetadataTooLarge",
  "InvalidObjectName",
  "XMinioInvalidObjectName",
]);

/** A body or a path that is too large, in the words of a proxy. */
const TOO_LARGE: readonly number[] = [413, 414];

const CREDENTIALS: ReadonlySet<string> = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "InvalidToken",
  "ExpiredToken",
  "ExpiredTokenException",
  "TokenRefreshRequired",
  "CredentialsProviderError",
  "RequestTimeTooSkewed",
]);

const ELSEWHERE: ReadonlySet<string> = new Set([
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
]);

/** What a store needs to be allowed. */
export const S3_RIGHTS = [
  "s3:PutObject",
  "s3:GetObject",
  "s3:ListBucket",
  "s3:AbortMultipartUpload",
] as const;

/**
 * Judges an error of S3, of its client, or of the network between.
 *
 * Only what says something about the object itself ends it. A bucket that is not there, wrong keys,
 * a clock that is wrong, a quota, an outage: somebody can put that right, and results must not be
 * lost until then.
 *
 * @param error what was thrown
 * @param place where the object was to go
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * @example
 * ```ts
 * import { judgeS3Failure } from "./s3_failure.ts";
 * import assert from "node:assert/strict";
 * const error = { name: "NoSuchBucket", message: "?", $metadata: { httpStatusCode: 404 } };
 * assert.deepEqual(judgeS3Failure(error, { bucket: "papers" }), {
 *   kind: "later",
 *   reason: "there is no bucket papers (404 NoSuchBucket: ?)",
 * });
 * ```
 */
export function judgeS3Failure(error: unknown, place: S3Place): S3Verdict {
  const { name, status, message } = read(error);
  const said = `${[status, name].filter(Boolean).join(" ")}: ${message}`;
  const isAboutObject = ABOUT_THE_OBJECT.has(name) || TOO_LARGE.includes(status ?? 0);
  const why = isAboutObject ? "the object cannot be stored" : explain(name, status, place);
  return {
    kind: isAboutObject ? "refused" : "later",
    reason: withoutSecrets(`${why} (${said})`, place.secrets ?? []),
  };
}

function explain(name: string, status: number | undefined, place: S3Place): string {
  const { bucket, endpoint = "AWS", region } = place;
  if (CREDENTIALS.has(name)) return `${endpoint} does not accept the credentials`;
  if (ELSEWHERE.has(name) || status === 301) {
    return `bucket ${bucket} is in another region than ${region ?? "the one that was set"}`;
  }
  switch (status) {
    case undefined:
      return place.endpoint === undefined && region === undefined
        ? "no answer from AWS, and ASYA_S3_REGION names no region"
        : `no answer from ${endpoint}`;
    case 404:
      return `there is no bucket ${bucket}`;
    case 401:
    case 403:
      return `bucket ${bucket} does not let us in; needed are ${S3_RIGHTS.join(", ")}`;
    case 429:
    case 503:
      return `${endpoint} is busy`;
    case 507:
      return `${endpoint} is full`;
    default:
      return `${endpoint} does not take it now`;
  }
}

/** What is known of an error, whoever made it. */
function read(error: unknown): { name: string; status: number | undefined; message: string } {
  if (typeof error !== "object" || error === null) {
    return { name: "Error", status: undefined, message: String(error) };
  }
  const { name, message, code, $metadata, errors } = error as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: unknown };
    errors?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  // Of several addresses that were tried, the first one's error says what all of them have.
  const first = Array.isArray(errors) && errors.length > 0 ? read(errors[0]).message : undefined;
  const texts = [message, first, code].filter((text) => typeof text === "string" && text !== "");
  return {
    name: typeof name === "string" ? name : "Error",
    status: typeof status === "number" ? status : undefined,
    message: String(texts[0] ?? "no message"),
  };
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== "").reduce(
    (shown, secret) => shown.replaceAll(secret, "***"),
    text,
  );
}
