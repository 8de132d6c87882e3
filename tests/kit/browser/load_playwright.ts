/**
 * Loads Playwright. One of its parts wants to know, as it is loaded, whether it is on Windows'
 * Linux, and looks at files of `/proc` that Deno shows to nobody who may not do everything; with
 * this variable it does not ask.
 */
export async function loadPlaywright(): Promise<typeof import("playwright-core")> {
  const name = "__IS_WSL_TEST__";
  const before = Deno.env.get(name);
  Deno.env.set(name, "1");
  try {
    return await import("playwright-core");
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
}
