import { RABBITMQ } from "./plan_broker.ts";

/**
 * The environment that tells a program where messages are kept.
 *
 * @param url `sqlite:PATH`, a broker's URL, or `rabbitmq` where further variables say the rest
 * @param folder what a relative path starts from
 * @example
 * ```ts
 * import { transportEnv } from "./file_url.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(transportEnv("sqlite:q.db", "/mesh"), {
 *   ASYA_TRANSPORT: "sqlite", ASYA_SQLITE_PATH: "/mesh/q.db",
 * });
 * ```
 */
export function transportEnv(url: string, folder: string): Record<string, string> {
  if (url.startsWith("sqlite:")) {
    return { ASYA_TRANSPORT: "sqlite", ASYA_SQLITE_PATH: absolutePath(pathOf(url), folder) };
  }
  return { ASYA_TRANSPORT: "rabbitmq", ...(url !== RABBITMQ && { ASYA_RABBITMQ_URL: url }) };
}

/**
 * A URL of an SQLite file with its path from the root; any other URL as it is.
 *
 * @param url such as `sqlite:jobs.db`
 * @param folder what a relative path starts from
 * @example
 * ```ts
 * import { absoluteUrl } from "./file_url.ts";
 * import assert from "node:assert/strict";
 * assert.equal(absoluteUrl("sqlite:jobs.db", "/mesh"), "sqlite:/mesh/jobs.db");
 * assert.equal(absoluteUrl("memory:", "/mesh"), "memory:");
 * ```
 */
export function absoluteUrl(url: string, folder: string): string {
  return url.startsWith("sqlite:") ? `sqlite:${absolutePath(pathOf(url), folder)}` : url;
}

/**
 * A path from the root.
 *
 * @param path from the root already, or from a folder
 * @param folder that folder
 */
export function absolutePath(path: string, folder: string): string {
  return path.startsWith("/") ? path : `${folder}/${path.replace(/^\.\//, "")}`;
}

/** The path of `sqlite:PATH`, which may also be written `sqlite:///PATH`. */
function pathOf(url: string): string {
  return url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
}
