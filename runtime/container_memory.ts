import { CGROUP_FILES, parseMemoryLimit } from "./heap_limit.ts";

/** The container's memory limit, or why nobody could say. */
export type ContainerMemory =
  | { readonly known: true; readonly limitBytes?: number }
  | { readonly known: false; readonly reason: string };

/**
 * Asks for the memory limit of this container. Deno shows these files to no program, whatever it may
 * read, so `cat` reads them.
 */
export async function readContainerMemory(): Promise<ContainerMemory> {
  try {
    const { stdout } = await new Deno.Command("cat", {
      args: [...CGROUP_FILES],
      stdin: "null",
      stdout: "piped",
      stderr: "null", // one of the files is always missing
    }).output();
    const limitBytes = parseMemoryLimit(new TextDecoder().decode(stdout));
    return { known: true, ...(limitBytes !== undefined && { limitBytes }) };
  } catch (error) {
    return { known: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
