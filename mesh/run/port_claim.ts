import { findFreePort, isFree } from "./free_ports.ts";
import { unlock } from "./unlock.ts";

/** A port that no other mesh on this machine takes, for as long as this process lives. */
export interface PortClaim extends Disposable {
  readonly port: number;
  /** Gives it up. */
  [Symbol.dispose](): void;
}

/**
 * Claims a port of the loopback interface for a mesh. That a port is free does not say that it will
 * be: a program that is starting listens a moment later, and two meshes that start together would
 * find the same one free. So a claim is a lock on a file, named after the port.
 *
 * @param port the port
 * @param folder where the files are, the same for all meshes; made where it does not exist
 * @returns nothing when the port is taken, or claimed
 */
export async function claimPort(port: number, folder: string): Promise<PortClaim | undefined> {
  const lock = await lockFile(folder, String(port));
  if (lock === "held") return undefined;
  if (isFree(port)) return { port, [Symbol.dispose]: () => lock?.[Symbol.dispose]() };
  lock?.[Symbol.dispose]();
  return undefined;
}

/**
 * Claims the first port that is free and not claimed.
 *
 * @param from the port to begin with
 * @param folder where the files of the claims are
 */
export async function claimFreePort(from: number, folder: string): Promise<PortClaim> {
  const taken = new Set<number>();
  while (true) {
    const port = findFreePort(from, taken);
    const claim = await claimPort(port, folder);
    if (claim) return claim;
    taken.add(port);
  }
}

/**
 * Locks a file, and removes it with the lock, and the folder with the last one; nothing where another
 * user's folder is in the way.
 */
async function lockFile(folder: string, name: string): Promise<Disposable | "held" | undefined> {
  const path = `${folder}/${name}.lock`;
  while (true) {
    const file = await openFile(folder, path);
    if (file === "denied") return undefined;
    if (!await file.tryLock(true)) {
      file.close();
      return "held";
    }
    // Who held it before may have removed the name: then the lock is on a file that nobody finds.
    if (await isAt(path, file)) {
      return {
        [Symbol.dispose]() {
          remove(path);
          unlock(file);
          remove(folder);
        },
      };
    }
    unlock(file);
  }
}

async function openFile(folder: string, path: string): Promise<Deno.FsFile | "denied"> {
  while (true) {
    try {
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      return await Deno.open(path, { write: true, create: true });
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) return "denied";
      // The last to leave has removed the folder in between.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Removes what nobody else has removed or still uses. */
function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is gone, or a folder with claims of others in it.
  }
}

async function isAt(path: string, file: Deno.FsFile): Promise<boolean> {
  try {
    return (await Deno.stat(path)).ino === (await file.stat()).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
