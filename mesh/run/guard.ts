/** Ends what a mesh started when the mesh itself can no longer do so. */
export interface Guard {
  /** Takes a process into its care. */
  watch(pid: number): void;
  /** Lets go of a process that has ended, and ends what it may have left in its group. */
  release(pid: number): void;
  /** Takes further files into its care; they are removed at the end. */
  keep(files: readonly string[]): void;
  /** Removes the sockets and ends the guard. */
  close(): Promise<void>;
}

/**
 * A shell that reads pids from its standard input. When that ends, by `close` or because the mesh
 * was killed, it ends the processes that are left and removes their files.
 *
 * Each process leads a group of its own, which has whatever it started itself.
 */
const SCRIPT = `
pids=' '
folder=$1
tries=$2
shift 2
while read -r verb pid; do
  case $verb in
    keep) set -- "$@" "$pid" ;;
    watch) pids="$pids$pid " ;;
    release)
      case $pids in
        *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }"; kill -KILL "-$pid" 2>/dev/null ;;
      esac
      ;;
  esac
done
for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
# waits for the processes to finish what they have in hand
while [ $tries -gt 0 ]; do
  alive=
  for pid in $pids; do kill -0 "$pid" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && break
  sleep 0.1
  tries=$((tries - 1))
done
for pid in $pids; do kill -KILL "-$pid" 2>/dev/null; done
rm -f -- "$@"
rmdir -- "$folder" 2>/dev/null
`;

/**
 * Starts the guard of a mesh. Needs `--allow-run=/bin/sh`.
 *
 * @param folder removed at the end where nothing is left in it
 * @param files paths to remove before that
 * @param graceMs milliseconds a process may take to end by itself
 */
export function startGuard(folder: string, files: readonly string[], graceMs = 10_000): Guard {
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "asya-guard", folder, String(Math.ceil(graceMs / 100)), ...files],
    // What keeps it from ending with the mesh: a Ctrl-C at the terminal is not for it.
    detached: true,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const writer = shell.stdin.getWriter();
  const encoder = new TextEncoder();
  const say = (words: string) => {
    // A guard that is gone cannot be told; the mesh goes on without one.
    writer.write(encoder.encode(`${words}\n`)).catch(() => {});
  };
  return {
    watch: (pid) => say(`watch ${pid}`),
    release: (pid) => say(`release ${pid}`),
    keep: (files) => files.forEach((file) => say(`keep ${file}`)),
    async close() {
      await writer.close().catch(() => {});
      await shell.status;
    },
  };
}
