import type { Environment } from "@asya/program";
import { absolutePath } from "./file_url.ts";
import { parseBucketUrl } from "../file/bucket_url.ts";

/** Where the terminal actors keep outcomes. */
export interface ResultsPlan {
  /** What happy-end is told. */
  readonly happyEnd: Readonly<Record<string, string>>;
  /** What error-end is told. */
  readonly errorEnd: Readonly<Record<string, string>>;
  /** The folder to be made, where it is one. */
  readonly folder?: string;
}

/** What a bucket's URL cannot say, and the environment may. */
const BUCKET_SETTINGS: readonly string[] = [
  "ASYA_S3_ENDPOINT",
  "ASYA_S3_REGION",
  "ASYA_S3_ACCESS_KEY",
  "ASYA_S3_SECRET_KEY",
];

/**
 * The part of a caller's environment that leads to a bucket: who comes to it and where it is. AWS'
 * own variables are passed on where AWS itself is meant.
 *
 * @param caller the environment of whoever called `asya`
 * @example
 * ```ts
 * import { bucketEnv } from "./plan_results.ts";
 * import assert from "node:assert/strict";
 * const caller = { ASYA_S3_ENDPOINT: "http://minio:9000", AWS_PROFILE: "me", ASYA_S3_BUCKET: "x" };
 * assert.deepEqual(bucketEnv(caller), { ASYA_S3_ENDPOINT: "http://minio:9000" });
 * assert.deepEqual(bucketEnv({ AWS_PROFILE: "me", PATH: "/bin" }), { AWS_PROFILE: "me" });
 * ```
 */
export function bucketEnv(caller: Environment): Record<string, string> {
  const isAws = !caller.ASYA_S3_ENDPOINT?.trim();
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(caller)) {
    const isWanted = BUCKET_SETTINGS.includes(name) || (isAws && name.startsWith("AWS_"));
    if (isWanted && value !== undefined && value.trim() !== "") env[name] = value;
  }
  return env;
}

/** Of what leads to a bucket, the variables whose value becomes part of a list of permissions. */
const PERMITTED = /^(ASYA_S3_ENDPOINT|AWS_\w+_FILE)$/;

/**
 * Finds a value that leads to a bucket and that no list of permissions can hold.
 *
 * @param bucket see {@linkcode bucketEnv}
 * @example
 * ```ts
 * import { findUnlisted } from "./plan_results.ts";
 * import assert from "node:assert/strict";
 * assert.equal(findUnlisted({ ASYA_S3_ENDPOINT: "http://a,b" }), "http://a,b");
 * assert.equal(findUnlisted({ ASYA_S3_SECRET_KEY: "a,b" }), undefined);
 * ```
 */
export function findUnlisted(bucket: Readonly<Record<string, string>>): string | undefined {
  const found = Object.entries(bucket).find(([name, value]) =>
    PERMITTED.test(name) && value.includes(",")
  );
  return found?.[1];
}

/** Variables that name a place of outcomes, each of which `results` of a mesh takes the place of. */
const PLACES: readonly string[] = ["ASYA_S3_BUCKET", "ASYA_S3_BASE_PREFIX", "ASYA_RESULTS_DIR"];

/**
 * Says which variables of a caller's environment name a place of outcomes and change nothing, since
 * the mesh's file has it: whoever set them may look for outcomes there.
 *
 * @param caller the environment of whoever called `asya`
 * @param results the path of a folder, or a bucket's URL
 * @returns a sentence, or none
 * @example
 * ```ts
 * import { placeNotices } from "./plan_results.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(placeNotices({ ASYA_S3_BUCKET: "papers" }, "out"), [
 *   "ASYA_S3_BUCKET has no effect here: outcomes go to out, as the mesh's file says " +
 *   "(results: s3://BUCKET/FOLDER/ is a bucket, results: FOLDER a folder)",
 * ]);
 * assert.deepEqual(placeNotices({ ASYA_S3_BUCKET: "papers" }, "s3://papers/team/"), []);
 * ```
 */
export function placeNotices(caller: Environment, results: string): string[] {
  const place = parseBucketUrl(results);
  const named = PLACES.filter((name) => {
    const value = caller[name]?.trim() ?? "";
    return value !== "" && !(name === "ASYA_S3_BUCKET" && value === place?.bucket);
  });
  if (named.length === 0) return [];
  const have = named.length === 1 ? "has" : "have";
  return [
    `${
      named.join(" and ")
    } ${have} no effect here: outcomes go to ${results}, as the mesh's file ` +
    "says (results: s3://BUCKET/FOLDER/ is a bucket, results: FOLDER a folder)",
  ];
}

/**
 * Turns the place of outcomes into what the terminal actors are told. In a bucket both have a folder
 * of their own, behind the one of the URL.
 *
 * @param results the path of a folder, or a bucket's URL
 * @param folder what a relative path starts from
 * @param bucket how a bucket is reached; see {@linkcode bucketEnv}
 * @example
 * ```ts
 * import { planResults } from "./plan_results.ts";
 * import assert from "node:assert/strict";
 * assert.equal(planResults("out", "/mesh", {}).folder, "/mesh/out");
 * const { errorEnd } = planResults("s3://papers/team/", "/mesh", { ASYA_S3_REGION: "eu-west-1" });
 * assert.deepEqual(errorEnd, {
 *   ASYA_S3_REGION: "eu-west-1",
 *   ASYA_S3_BUCKET: "papers",
 *   ASYA_S3_BASE_PREFIX: "team/asya-errors/",
 * });
 * ```
 */
export function planResults(
  results: string,
  folder: string,
  bucket: Readonly<Record<string, string>>,
): ResultsPlan {
  const place = parseBucketUrl(results);
  if (!place) {
    const path = absolutePath(results, folder);
    const env = { ASYA_RESULTS_DIR: path };
    return { happyEnd: env, errorEnd: env, folder: path };
  }
  const env = { ...bucket, ASYA_S3_BUCKET: place.bucket };
  return {
    happyEnd: { ...env, ASYA_S3_BASE_PREFIX: `${place.prefix}asya-results/` },
    errorEnd: { ...env, ASYA_S3_BASE_PREFIX: `${place.prefix}asya-errors/` },
  };
}
