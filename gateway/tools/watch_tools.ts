/** A writer has finished when nothing has changed for so long. */
const QUIET_MS = 200;

/** A file that was replaced is there again after so long. */
const REPLACED_MS = 1_000;

/**
 * Tells when tools should be read again: at the signal SIGHUP, and when their file changes, where
 * that can be seen.
 *
 * @param path the tools file or folder, if there is one
 * @param onChange is told of it
 * @param onBlind is told that changes cannot be seen
 * @returns a function that ends it
 */
export function watchTools(
  path: string | undefined,
  onChange: () => void,
  onBlind: (error: unknown) => void,
): () => void {
  let watcher: Deno.FsWatcher | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  const after = (delayMs: number, work: () => void) => {
    clearTimeout(timer);
    // Waits for a writer to finish, or for a replaced file to be there.
    timer = setTimeout(work, delayMs);
  };
  const watch = async (path: string) => {
    try {
      watcher = Deno.watchFs(path);
      for await (const { kind } of watcher) {
        if (kind === "remove") break;
        if (kind !== "access") after(QUIET_MS, onChange);
      }
    } catch (error) {
      return onBlind(error);
    }
    if (isStopped) return;
    // An editor writes a new file in the old one's place, which the watcher still looks at.
    watcher.close();
    after(REPLACED_MS, () => {
      onChange();
      watch(path);
    });
  };

  Deno.addSignalListener("SIGHUP", onChange);
  if (path !== undefined) watch(path);
  return () => {
    isStopped = true;
    clearTimeout(timer);
    Deno.removeSignalListener("SIGHUP", onChange);
    watcher?.close();
  };
}
