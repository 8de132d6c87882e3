/**
 * Runs a command to its end, and reads what it prints.
 *
 * @param command The program; `deno` is the one that runs this.
 * @param args Its arguments.
 * @param cwd The folder that it runs in.
 * @returns Its standard output.
 * @throws Error When it fails, with what it says of that.
 */
export async function readOutput(
  command: string,
  args: readonly string[],
  cwd: URL,
): Promise<string> {
  const program = command === "deno" ? Deno.execPath() : command;
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${command} ${args[0]}: ${text.decode(stderr).trim()}`);
  return text.decode(stdout);
}
