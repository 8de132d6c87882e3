import type { Clock } from "@asya/transport";
import type { ParsedTools } from "./parse_tools.ts";
import type { ToolsFile } from "./tools_file.ts";

/**
 * How often the file is looked at. To be told of changes by the system would be sooner, but only on
 * some file systems, not through the links of a ConfigMap, and no longer once a file was replaced.
 */
const EVERY_MS = 1_000;

/**
 * Reads tools again when their file has changed, and at the signal SIGHUP in any case.
 *
 * @param file where the tools are
 * @param clock by which it looks
 * @param take takes what was read, also when it is bad
 * @returns a function that ends it
 */
export function watchTools(
  file: ToolsFile,
  clock: Pick<Clock, "after">,
  take: (tools: ParsedTools) => void,
): () => void {
  let isStopped = false;
  let cancel = () => {};
  // One after the other: what was read last is what holds.
  let work = Promise.resolve();

  const read = async () => {
    const tools = await file.read();
    if (!isStopped) take(tools);
  };
  const look = async () => {
    if (await file.hasChanged()) await read();
  };
  const again = () => {
    // Waits for the next look.
    cancel = clock.after(EVERY_MS, () => {
      work = work.then(look).finally(() => {
        if (!isStopped) again();
      });
    });
  };
  const readAnyway = () => void (work = work.then(read));

  again();
  Deno.addSignalListener("SIGHUP", readAnyway);
  return () => {
    isStopped = true;
    cancel();
    Deno.removeSignalListener("SIGHUP", readAnyway);
  };
}
