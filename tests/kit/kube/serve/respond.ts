import { WatchCut } from "../objects/watch.ts";
import { internalError, StatusError } from "../status_error.ts";

/** An answer in JSON. */
export function respondJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** An answer that is a refusal. */
export function respondRefusal(error: StatusError): Response {
  const after = error.details?.retryAfterSeconds;
  const headers: Record<string, string> = after === undefined
    ? {}
    : { "retry-after": String(after) };
  return respondJson(error.code, error.body, headers);
}

/** The real server survives its own mistakes too; of ours, a test is told twice. */
export function respondError(what: string, error: unknown): Response {
  if (error instanceof StatusError) return respondRefusal(error);
  // Whoever cut a watch knows of it.
  if (!(error instanceof WatchCut)) console.error(`${what}:`, error);
  return respondRefusal(internalError(error instanceof Error ? error.message : String(error)));
}

/** An answer that there is nothing under a path. */
export function respondNoPage(): Response {
  return new Response("404 page not found\n", {
    status: 404,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
