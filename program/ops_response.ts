/** What a program can say about itself: yes, no, or no with the reason. */
export type Check = () => boolean | string;

/** What the operational endpoints answer from. */
export interface OpsSources {
  /** Whether the process works at all; if not, it should be restarted. */
  readonly live: Check;
  /** Whether it can do its work right now. */
  readonly ready: Check;
  /** The metrics, where there are any. */
  readonly metrics?: { readonly contentType: string; render(): Promise<string> } | undefined;
}

/**
 * Answers the requests that every program answers to those who operate it: `/health`, `/healthz`
 * and `/livez` (is it alive), `/readyz` (can it work) and `/metrics`. A check that fails is a 503 whose body is
 * the reason.
 *
 * @param request The request; GET and HEAD are allowed.
 * @param sources What to answer from.
 * @returns The response, or `undefined` when the path is none of these.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { opsResponse } from "@asya/program";
 *
 * const sources = { live: () => true, ready: () => "the broker is away" };
 * const response = await opsResponse(new Request("http://host/readyz"), sources);
 * assert.equal(response?.status, 503);
 * assert.equal(await response?.text(), "the broker is away");
 * ```
 */
export async function opsResponse(
  request: Request,
  sources: OpsSources,
): Promise<Response | undefined> {
  const answer = answers(sources)[new URL(request.url).pathname];
  if (answer === undefined) return undefined;
  if (request.method === "GET") return await answer();
  if (request.method !== "HEAD") {
    return new Response("only GET and HEAD are allowed", {
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  }
  const whole = await answer();
  const { status, headers } = whole;
  headers.set("content-length", String((await whole.arrayBuffer()).byteLength));
  return new Response(null, { status, headers });
}

function answers(sources: OpsSources): Readonly<Record<string, () => Promise<Response>>> {
  const { metrics } = sources;
  const live = () => Promise.resolve(verdict(sources.live(), "OK", "not alive"));
  return Object.assign(Object.create(null), {
    "/health": live,
    "/healthz": live,
    "/livez": live,
    "/readyz": () => Promise.resolve(verdict(sources.ready(), "ready", "not ready")),
    ...(metrics === undefined ? {} : {
      "/metrics": async () =>
        new Response(await metrics.render(), { headers: { "content-type": metrics.contentType } }),
    }),
  });
}

function verdict(checked: boolean | string, yes: string, no: string): Response {
  if (checked === true) return new Response(yes);
  return new Response(checked === false ? no : checked, { status: 503 });
}
