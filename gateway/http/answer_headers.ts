import { createHash } from "node:crypto";

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

/**
 * The headers of a page: it loads nothing but its own inline styles and scripts, each known by its
 * hash, talks to nobody but the gateway, and is shown in no other page.
 *
 * @param html the page; its inline elements are written `<style>` and `<script>`
 */
export function pageHeaders(html: string): Record<string, string> {
  const hashes = (element: "style" | "script") => {
    const inline = html.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"));
    const sources = [...inline].map(([, text = ""]) => `'sha256-${hashOf(text)}'`);
    return sources.length > 0 ? [`${element}-src ${sources.join(" ")}`] : [];
  };
  const policy = [
    "default-src 'none'",
    ...hashes("style"),
    ...hashes("script"),
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
