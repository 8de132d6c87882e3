import { within } from "@asya/program";

/** What a process whose supervisor died may take to see that and to end by itself. */
const ORPHAN_GRACE_MS = 1_000;

/**
 * Waits until no process of an earlier supervisor holds the ledger; kills one that does not end.
 *
 * The lock tells that it lives, and is what makes its recorded number safe to kill: no other process
 * can have taken it over.
 *
 * @param path of the ledger
 * @param pidOf says which process holds it
 * @param onFound told when there is one
 * @returns whether there was one
 */
export async function endOrphan(
  path: string,
  pidOf: () => number | undefined,
  onFound: (pid: number) => void,
): Promise<boolean> {
  using file = Deno.openSync(path, { read: true, write: true, create: true });
  if (file.tryLockSync(true)) return false;
  const pid = pidOf();
  if (pid === undefined) throw new Error(`${path} is held by a process that is not known`);
  onFound(pid);
  const freed = file.lock(true);
  const waited = await within(freed, ORPHAN_GRACE_MS);
  if (!waited.inTime) {
    await killProcess(pid);
    await freed;
  }
  return true;
}

/** Kills by a process of its own: this one may only run Deno, not signal whichever process it likes. */
async function killProcess(pid: number): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", `Deno.kill(${pid}, "SIGKILL")`],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`process ${pid} cannot be killed: ${new TextDecoder().decode(stderr).trim()}`);
  }
}
