import { within } from "@asya/program";
import { readLedger } from "./read_ledger.ts";

/** What a process whose supervisor died may take to see that and to end by itself. */
const ORPHAN_GRACE_MS = 1_000;

/**
 * Waits until no process of an earlier supervisor holds the ledger; kills one that does not end.
 *
 * The lock tells that it lives, so its recorded number cannot have become another process's. But
 * what is recorded may be wrong on purpose, since the handler can write there: what is killed must
 * also have been started under the recorded identity.
 *
 * @param path of the ledger
 * @param onFound told when there is one
 */
export async function endOrphan(path: string, onFound: (pid: number) => void): Promise<void> {
  using file = Deno.openSync(path, { read: true, write: true, create: true });
  // Unlocked before it is closed: a child that is just being started has a copy of the open file.
  if (file.tryLockSync(true)) return file.unlockSync();
  const ledger = readLedger(path);
  if (!ledger) throw new Error(`${path} is held by a process that is not known`);
  const { pid, instance } = ledger;
  onFound(pid);
  const freed = file.lock(true);
  const waited = await within(freed, ORPHAN_GRACE_MS);
  if (waited.inTime) return;
  if (!await wasStartedAs(pid, instance)) {
    throw new Error(`${path} is held by another process than its ledger says (${pid})`);
  }
  await killProcess(pid);
  await freed;
}

/** Whether a process has the identity among its arguments; `cat` looks, as Deno shows it to nobody. */
async function wasStartedAs(pid: number, instance: string): Promise<boolean> {
  const { stdout } = await new Deno.Command("cat", {
    args: [`/proc/${pid}/cmdline`],
    stdin: "null",
    stdout: "piped",
    stderr: "null", // it may have ended in this moment
  }).output();
  return instance !== "" && new TextDecoder().decode(stdout).includes(instance);
}

/** Kills by a process of its own, which may do nothing else: this one may not signal a stranger. */
async function killProcess(pid: number): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-config", "--no-prompt", "--allow-run"],
      `data:text/javascript,Deno.kill(${pid},"SIGKILL")`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`process ${pid} cannot be killed: ${new TextDecoder().decode(stderr).trim()}`);
  }
}
