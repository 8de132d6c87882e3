/**
 * Opens the handler's socket; a file that nobody answers on any more is removed first.
 *
 * @param path absolute path of the socket
 * @param mode of the socket's file; without one it stays as the system makes it
 * @throws Deno.errors.AddrInUse when a living process answers on it
 */
export async function listenOn(path: string, mode: number | undefined): Promise<Deno.UnixListener> {
  await removeStale(path);
  const listener = Deno.listen({ transport: "unix", path });
  if (mode !== undefined) Deno.chmodSync(path, mode);
  return listener;
}

async function removeStale(path: string): Promise<void> {
  try {
    const peer = await Deno.connect({ transport: "unix", path });
    peer.close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    // Nobody listens behind the file: a process that could not tidy up left it.
    if (error instanceof Deno.errors.ConnectionRefused) return Deno.removeSync(path);
    throw error;
  }
  throw new Deno.errors.AddrInUse(`another process answers on ${path}`);
}
