import type { Job } from "@asya/protocol";

/**
 * Whether a search finds a job: by how its id begins, or by a part of its tool's name, of its error, or
 * of what the failing step said. Small and large letters of ASCII are the same; others are not, since
 * databases disagree about them.
 *
 * @param job a job
 * @param search what is searched for
 * @example
 * ```ts
 * import { isFound } from "./is_found.ts";
 * import { createJob } from "@asya/protocol";
 * import assert from "node:assert/strict";
 *
 * const start = { id: "0f9d", tool: "read_document", steps: ["ocr"], timeoutSeconds: 9 };
 * const job = createJob(start, new Date(0));
 * assert.equal(isFound(job, "0F"), true);
 * assert.equal(isFound(job, "document"), true);
 * assert.equal(isFound(job, "ocr"), false);
 * ```
 */
export function isFound(job: Job, search: string): boolean {
  const wanted = foldCase(search);
  if (foldCase(job.id).startsWith(wanted) || foldCase(job.tool).includes(wanted)) return true;
  const { error = "", errorDetails } = job;
  const message = errorDetails?.message;
  return foldCase(error).includes(wanted) ||
    (typeof message === "string" && foldCase(message).includes(wanted));
}

/** A text with the large letters of ASCII made small, as databases do it everywhere. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
