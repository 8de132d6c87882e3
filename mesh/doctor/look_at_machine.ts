import { isFree } from "../run/free_ports.ts";
import type { MachineFacts } from "./judge_machine.ts";
import { runChild } from "../run/run_child.ts";

/**
 * Looks at the machine.
 *
 * @param folder of the mesh
 * @param port of the gateway, where it is to be free
 * @param signal ends the patience
 */
export async function lookAtMachine(
  folder: string,
  port: number | undefined,
  signal: AbortSignal,
): Promise<MachineFacts> {
  // The folder's own disk, and what this process hands on to those that it starts.
  const script = 'df -Pk -- "$1" | tail -n 1; ulimit -n';
  const { out } = await runChild({
    command: "/bin/sh",
    args: ["-c", script, "asya-doctor", folder],
    env: { PATH: "/usr/bin:/bin" },
  }, signal);
  const [disk = "", files = ""] = out;
  const freeKib = Number(disk.split(/\s+/)[3]);
  const maxFiles = Number(files);
  return {
    denoVersion: Deno.version.deno,
    stateFolder: folder,
    ...(freeKib >= 0 && { freeBytes: freeKib * 1024 }),
    ...(maxFiles > 0 && { maxFiles }),
    ...(port !== undefined && { port: { number: port, isFree: isFree(port) } }),
  };
}
