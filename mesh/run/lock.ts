import { unlock } from "./unlock.ts";

/** Marks parts of a mesh as running, for as long as this process lives. */
export interface Lock extends Disposable {
  /** Lets go of them. */
  [Symbol.dispose](): void;
}

/** What came of locking: the lock, or which part runs already, and in which process. */
export type Locked =
  | { readonly ok: true; readonly lock: Lock }
  | { readonly ok: false; readonly unit: string; readonly pid: string };

/**
 * Locks parts of a mesh, so that none of them runs twice on one folder. The system lets go of a lock
 * when its process ends, however it does.
 *
 * @param folder where the lock files are; made where it does not exist
 * @param units names of the parts
 */
export async function lockUnits(folder: string, units: readonly string[]): Promise<Locked> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const held: Deno.FsFile[] = [];
  const lock = {
    [Symbol.dispose]() {
      for (const file of held) unlock(file);
    },
  };
  for (const unit of units) {
    const path = `${folder}/${unit}.lock`;
    const file = await Deno.open(path, { read: true, write: true, create: true });
    if (!await file.tryLock(true)) {
      file.close();
      lock[Symbol.dispose]();
      return { ok: false, unit, pid: (await Deno.readTextFile(path)).trim() };
    }
    held.push(file);
    await file.truncate();
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  }
  return { ok: true, lock };
}
