import type { Guard } from "./app_env.ts";

/**
 * Tells who asks with HEAD how long the body of the same GET is. Without it the server would say 0.
 *
 * @see RFC 9110, section 8.6
 */
export const measureHead: Guard = async (c, next) => {
  await next();
  if (c.req.method !== "HEAD" || c.res.body === null) return;
  const { status, headers } = c.res;
  const { byteLength } = await c.res.arrayBuffer();
  headers.set("content-length", String(byteLength));
  c.res = new Response(null, { status, headers });
};
