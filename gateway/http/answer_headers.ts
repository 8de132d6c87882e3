import { createHash } from "node:crypto";

/**
 * Adds to an answer what holds for all: no type is guessed, nothing is kept on the way unless the
 * answer itself allows it, and no proxy holds back what is streamed.
 *
 * @param response the answer
 */
export function addAnswerHeaders({ headers }: Response): void {
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (headers.get("content-type")?.startsWith("text/event-stream")) {
    headers.set("x-accel-buffering", "no");
  }
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
