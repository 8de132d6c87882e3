import { moduleOf, projectFlags, type Toolkit, type ToolkitPart } from "../plan/toolkit.ts";

/** The modules that a mesh starts or hosts. */
const MODULES: readonly (readonly [ToolkitPart, string])[] = [
  ["gateway", "main"],
  ["sidecar", "main"],
  ["runtime", "main"],
  ["actors", "happy_end"],
  ["actors", "error_end"],
  ["actors", "join"],
];

/**
 * Has Deno fetch the programs of a mesh that come from a registry, once for all processes. What is
 * fetched is shown on standard error; programs that are in Deno's cache take no time.
 *
 * @param toolkit where the programs are
 * @param env what Deno needs to reach the registry
 * @returns why they cannot be had, in a sentence; nothing when they are there
 */
export async function fetchPrograms(
  toolkit: Toolkit,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if ("folder" in toolkit) return undefined;
  const modules = MODULES.map(([part, name]) => moduleOf(toolkit, part, name));
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", ...projectFlags(toolkit), ...modules],
    env: { ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (success) return undefined;
  return `the programs of asya ${toolkit.version} cannot be fetched; above is what Deno says of it`;
}
