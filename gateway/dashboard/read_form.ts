import { readBytes } from "../http/read_body.ts";

/** What a form says, or why that cannot be read. */
export type ReadForm =
  | { readonly ok: true; readonly form: URLSearchParams }
  | { readonly ok: false; readonly status: 400 | 413; readonly error: string };

/**
 * Reads a request's body as a page's form, and no more of it than is allowed.
 *
 * @param request the request
 * @param maxBytes how long the body may be
 */
export async function readForm(request: Request, maxBytes: number): Promise<ReadForm> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes === "too_large") {
    return { ok: false, status: 413, error: `this is over ${maxBytes} bytes, which are allowed` };
  }
  if (bytes === "broken") return { ok: false, status: 400, error: "the form did not arrive whole" };
  return { ok: true, form: new URLSearchParams(new TextDecoder().decode(bytes)) };
}
