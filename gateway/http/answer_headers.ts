/** After how many seconds it is worth to ask again whoever cannot answer at this moment. */
const RETRY_SECONDS = "1";

/**
 * Adds to an answer what holds for all: no type is guessed, nothing is kept on the way unless the
 * answer itself allows it, no proxy holds back what is streamed, and who comes in vain at this moment
 * is told when to come again.
 *
 * @param response the answer
 */
export function addAnswerHeaders({ headers, status }: Response): void {
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (headers.get("content-type")?.startsWith("text/event-stream")) {
    headers.set("x-accel-buffering", "no");
  }
  if (status === 503 && !headers.has("retry-after")) headers.set("retry-after", RETRY_SECONDS);
}

/** What a page may do: load what the gateway serves, talk to it, and send its forms to it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  // Of all scripts one place alone makes elements of text; see the dashboard's `live.js`.
  "require-trusted-types-for 'script'",
  "trusted-types asya",
].join("; ");

/** The headers of a page: it loads nothing but what is served here, and is shown in no other page. */
export function pageHeaders(): Record<string, string> {
  return {
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    // With less, a page's own forms would come from nowhere.
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
  };
}
