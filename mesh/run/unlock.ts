/**
 * Lets go of a file's lock, and closes the file.
 *
 * Closing alone is not enough: a child that is just being started has a copy of the open file until it
 * runs its own program, and the lock would stay with that copy.
 */
export function unlock(file: Deno.FsFile): void {
  file.unlockSync();
  file.close();
}
