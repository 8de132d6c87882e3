/**
 * Hosts a handler on a Unix socket: this process looks after a second one that runs the handler, so
 * that a handler that hangs, spins or runs out of memory takes nobody along.
 *
 * Arguments are the handler's permissions, `--allow-net=api.example.com` for example. Behind `check`
 * they are those of a handler that is loaded as it would be, and that nobody can call. Behind
 * `install` stands a folder that this program is copied to, with the Deno that runs it.
 *
 * @module
 */
if (Deno.args[0] === "host") {
  const { runHost } = await import("./host_process.ts");
  Deno.exit(await runHost(JSON.parse(Deno.args[1] ?? "")));
}
if (Deno.args[0] === "check") {
  const { checkHandler } = await import("./check_handler.ts");
  Deno.exit(await checkHandler(Deno.args.slice(1)));
}
if (Deno.args[0] === "install") {
  const { installRuntime } = await import("./install.ts");
  Deno.exit(await installRuntime(Deno.args.slice(1)));
}
if (Deno.args[0] === "load") {
  const { loadOnly } = await import("./host_process.ts");
  Deno.exit(await loadOnly(JSON.parse(Deno.args[1] ?? "")));
}
const { runSupervisor } = await import("./supervisor.ts");
Deno.exit(await runSupervisor(Deno.args));
