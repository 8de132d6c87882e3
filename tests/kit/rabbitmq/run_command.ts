/**
 * Runs a command to its end.
 *
 * @param command its name or path
 * @param args its arguments
 * @param env its whole environment
 * @returns what it printed
 * @throws Error with what it printed as errors, when it fails
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { ...env },
    clearEnv: true,
  }).output();
  const text = new TextDecoder();
  if (success) return text.decode(stdout);
  throw new Error(`${command} ${args.join(" ")} failed: ${text.decode(stderr)}`);
}
