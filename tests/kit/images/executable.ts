/** What stands around everything that `deno compile` puts into an executable. */
const MARK = new TextEncoder().encode("d3n0l4nd");

/** What is in an executable of `deno compile`, beside the program that runs it. */
export interface ExecutableContents {
  /** Its permissions and what V8 is told, as flags of `deno run`. */
  readonly flags: readonly string[];
  /** The name of its main module. */
  readonly main: string;
  /** Its modules, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether it exports traces and metrics. */
  readonly exportsTraces: boolean;
}

/** A file or a folder in an executable: of a file, where it begins and how long it is. */
interface Entry {
  readonly File?: { readonly n: string; readonly o: readonly [number, number] };
}

/** Flags that every executable of Deno has, whoever compiled it. */
const DENOS_OWN = [
  "UNUSED_BUT_NECESSARY_ARG0",
  "--stack-size=1024",
  "--inspector-live-edit",
  "--external-memory-max-reasonable-size=0",
];

/** The kinds of permission that our programs are compiled with. */
const KINDS = ["env", "net", "read", "write", "run", "sys", "ffi"] as const;

/**
 * Reads what `deno compile` put into a file: what it may do, and its modules.
 *
 * @param bytes the file
 * @throws Error where it is no executable of Deno, or one whose form is not known here
 */
export function readExecutable(bytes: Uint8Array): ExecutableContents {
  const begin = indexOf(bytes, MARK, indexOf(bytes, MARK, 0) + MARK.length) + MARK.length;
  const metadata = readSized(bytes, begin);
  const { permissions, v8_flags: v8, entrypoint_key: main, otel_config: otel } = JSON.parse(
    new TextDecoder().decode(metadata.bytes),
  );
  // Between them stands what there is of packages and of modules from elsewhere: nothing, here.
  const list = indexOf(bytes, new TextEncoder().encode('[{"'), metadata.end) - 8;
  const entries = readSized(bytes, list);
  const data = readSized(bytes, entries.end);
  const files = new Map<string, Uint8Array>();
  for (const { File: file } of JSON.parse(new TextDecoder().decode(entries.bytes)) as Entry[]) {
    if (!file) throw new Error(`a folder is in the executable; known are files alone`);
    const [from, size] = file.o;
    files.set(file.n, data.bytes.subarray(from, from + size));
  }
  return {
    flags: flagsOf(permissions, (v8 as string[]).filter((flag) => !DENOS_OWN.includes(flag))),
    main,
    files,
    exportsTraces: otel.tracing_enabled || otel.metrics_enabled,
  };
}

function flagsOf(
  permissions: Readonly<Record<string, readonly string[] | boolean | null>>,
  v8: readonly string[],
): string[] {
  const given = KINDS.flatMap((kind) => {
    const list = permissions[`allow_${kind}`];
    if (!Array.isArray(list)) return [];
    return [list.length === 0 ? `--allow-${kind}` : `--allow-${kind}=${list.join(",")}`];
  });
  return [
    ...(permissions.prompt === false ? ["--no-prompt"] : []),
    ...(Array.isArray(permissions.ignore_env) ? ["--ignore-env"] : []),
    ...(v8.length === 0 ? [] : [`--v8-flags=${v8.join(",")}`]),
    ...given,
  ];
}

/** Bytes behind their number, which takes eight. */
function readSized(bytes: Uint8Array, at: number): { bytes: Uint8Array; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const size = Number(view.getBigUint64(at, true));
  const end = at + 8 + size;
  if (end > bytes.length) throw new Error(`${size} bytes are said to be at ${at}, too many`);
  return { bytes: bytes.subarray(at + 8, end), end };
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0] ?? 0, from); at >= 0;) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
    at = bytes.indexOf(wanted[0] ?? 0, at + 1);
  }
  throw new Error("the file is no executable of Deno");
}
