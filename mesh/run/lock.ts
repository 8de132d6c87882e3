import { unlock } from "./unlock.ts";

/** Marks parts of a mesh as running, for as long as this process lives. */
export interface Lock extends Disposable {
  /**
   * Marks further parts; none of them where one runs already.
   *
   * @param units their names
   * @returns what runs already, or nothing
   */
  add(units: readonly string[]): Promise<RunningUnit | undefined>;
  /**
   * Lets go of parts that have ended.
   *
   * @param units their names
   */
  release(units: readonly string[]): void;
  /** Lets go of all of them. */
  [Symbol.dispose](): void;
}

/** A part of a mesh that runs already, and the id of the process that started it. */
export interface RunningUnit {
  readonly unit: string;
  readonly pid: string;
}

/** What came of locking: the lock, or which part runs already, and in which process. */
export type Locked =
  | { readonly ok: true; readonly lock: Lock }
  | { readonly ok: false } & RunningUnit;

/**
 * Locks parts of a mesh, so that none of them runs twice on one folder. The system lets go of a lock
 * when its process ends, however it does.
 *
 * @param folder where the lock files are; made where it does not exist
 * @param units names of the parts
 */
export async function lockUnits(folder: string, units: readonly string[]): Promise<Locked> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const held = new Map<string, Deno.FsFile>();
  const lock: Lock = {
    async add(units) {
      const added: string[] = [];
      for (const unit of units) {
        const path = `${folder}/${unit}.lock`;
        const file = await Deno.open(path, { read: true, write: true, create: true });
        if (!await file.tryLock(true)) {
          file.close();
          lock.release(added);
          return { unit, pid: (await Deno.readTextFile(path)).trim() };
        }
        held.set(unit, file);
        added.push(unit);
        await file.truncate();
        await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
      }
      return undefined;
    },
    release(units) {
      for (const unit of units) {
        const file = held.get(unit);
        held.delete(unit);
        if (file) unlock(file);
      }
    },
    [Symbol.dispose]() {
      lock.release([...held.keys()]);
    },
  };
  const running = await lock.add(units);
  return running ? { ok: false, ...running } : { ok: true, lock };
}
