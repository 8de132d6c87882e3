import type { FinalReport, Json, JsonObject, Route } from "@asya/protocol";
import { clearStepBookkeeping, objectKey, readBookkeeping } from "@asya/protocol";
import type { MessageSend } from "./join_marker.ts";

/** How a job or a branch ended, ready to be kept and told. */
export interface Outcome {
  /** Under which key it is stored. */
  readonly key: string;
  /** What is stored: the same for the same end, however often it comes. */
  readonly document: JsonObject;
  /** What the gateway is told; `undefined` where a join is told instead, or nobody can be. */
  readonly report?: FinalReport & { jobId: string };
  /** What a join ahead is told. */
  readonly marker?: MessageSend;
}

/** Where and under whose name an outcome is filed. */
export interface Filing {
  readonly prefix: string;
  /** Job id, or what stands for it where there is none. */
  readonly name: string;
  /** The route as the terminal queue received it. */
  readonly route: Route;
  /** When the message was sent, for one that does not say when its job began. */
  readonly sentAt: Date;
}

/**
 * The key of an outcome; the day and hour are those of the job's begin.
 *
 * @param filing see {@linkcode Filing}
 * @example
 * ```ts
 * import { outcomeKey } from "./outcome.ts";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { created: "2026-03-04T05:06:07Z", branch: "/0:2:ab" } };
 * const route = { steps: ["ocr"], current: 1, metadata };
 * assert.equal(
 *   outcomeKey({ prefix: "asya-results/", name: "j1", route, sentAt: new Date() }),
 *   "asya-results/2026-03-04/05/ocr/j1.-0-2-ab.json",
 * );
 * ```
 */
export function outcomeKey(filing: Filing): string {
  const { created, branch } = readBookkeeping(filing.route);
  return objectKey({
    prefix: filing.prefix,
    at: created === undefined ? filing.sentAt : new Date(created),
    route: filing.route,
    jobId: filing.name,
    ...(branch !== undefined && { branch }),
  });
}

/**
 * A route as it is stored: without the counters of its last step, which differ from one delivery
 * to the next.
 *
 * @param route the route as the terminal queue received it
 */
export function routeForStore(route: Route): JsonObject {
  const { steps, current, metadata } = clearStepBookkeeping(route);
  return { steps: [...steps], current, ...(Object.keys(metadata).length > 0 && { metadata }) };
}

/**
 * The bytes of a stored document: JSON that a person can read too.
 *
 * @param document any JSON
 * @example
 * ```ts
 * import { encodeDocument } from "./outcome.ts";
 * import assert from "node:assert/strict";
 * assert.equal(new TextDecoder().decode(encodeDocument({ a: 1 })), '{\n  "a": 1\n}\n');
 * ```
 */
export function encodeDocument(document: Json): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
}
