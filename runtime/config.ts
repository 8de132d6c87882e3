import {
  boolean,
  bytes,
  choice,
  defineSettings,
  duration,
  integer,
  list,
  logSettings,
  octal,
  type PermissionTemplate,
  retired,
  type SettingsOf,
  text,
} from "@asya/program";
import { HANDLER_SCHEMES } from "./specifier.ts";

/** The settings of a runtime. */
export const settings = defineSettings({
  handler: text({
    env: "ASYA_HANDLER",
    required: true,
    doc:
      "the handler: ./predict.ts, ./predict.ts#predict, ./predict.ts#Model.predict, npm:…, jsr:…",
  }),
  socketPath: text({
    env: "ASYA_SOCKET_PATH",
    default: "/tmp/sockets/app.sock",
    doc: "the Unix socket to serve on; two small files are kept beside it",
  }),
  socketMode: octal({
    env: "ASYA_SOCKET_CHMOD",
    default: "0o660",
    doc: "the mode of the socket's file; empty: leave it as the system makes it",
  }),
  replyFormat: choice({
    env: "ASYA_REPLY_FORMAT",
    choices: ["object", "list"],
    default: "object",
    doc: "how single exchanges are answered; sidecars that know no sessions may need list",
  }),
  timeoutMs: duration({
    env: "ASYA_RUNTIME_TIMEOUT",
    default: "5m",
    min: 1,
    doc: "what a call may take that does not say so itself",
  }),
  concurrency: integer({
    env: "ASYA_CONCURRENCY",
    default: 1,
    min: 1,
    max: 1_000,
    doc: "how many calls are in the handler at a time",
  }),
  maxHeapMb: integer({
    env: "ASYA_MAX_HEAP_MB",
    min: 16,
    doc: "the handler's heap in MiB; not set: from the container's memory limit",
  }),
  includeMetadata: boolean({
    env: "ASYA_INCLUDE_METADATA",
    default: false,
    doc: "whether the handler sees job, route and headers too",
    aliases: [{ env: "ASYA_HANDLER_ARG_TYPE", values: { payload: "false", message: "true" } }],
  }),
  isTerminal: boolean({
    env: "ASYA_IS_TERMINAL",
    default: false,
    doc: "whether the actor ends routes: then any body reaches its handler",
  }),
  chunkBytes: bytes({
    env: "ASYA_CHUNK_SIZE",
    default: "64KiB",
    min: 512,
    max: 16 * 1024 * 1024,
    doc: "the buffer for reading from the socket",
  }),
  maxFrameBytes: bytes({
    env: "ASYA_MAX_FRAME_BYTES",
    default: "64MiB",
    min: 1024,
    max: 512 * 1024 * 1024,
    doc: "the largest request and reply",
  }),
  slowAfterMs: duration({
    env: "ASYA_HANDLER_TIMEOUT",
    default: "0",
    min: 0,
    doc: "warn of a call that takes longer; 0: never",
  }),
  detectOutOfMemory: boolean({
    env: "ASYA_ENABLE_OOM_DETECTION",
    default: true,
    doc: "whether memory errors that a handler throws are told from others",
  }),
  cleansGpu: boolean({
    env: "ASYA_CUDA_CLEANUP_ON_OOM",
    default: true,
    doc: "whether the handler module's onGpuOom() is called when the GPU is out of memory",
  }),
  schemes: list({
    env: "ASYA_HANDLER_SCHEMES",
    default: HANDLER_SCHEMES.join(","),
    pattern: new RegExp(`^(${HANDLER_SCHEMES.join("|")})$`),
    allowed: HANDLER_SCHEMES.join(", "),
    doc: "where a handler's module may come from",
  }),
  graceMs: duration({
    env: "ASYA_SHUTDOWN_GRACE",
    default: "25s",
    min: 0,
    doc: "what calls in hand may still take when the runtime is told to end",
  }),
  validation: retired({
    env: "ASYA_ENABLE_VALIDATION",
    doc: "payloads are checked where the handler declares a schema",
  }),
  ...logSettings,
});

/** The values of the settings. */
export type Config = SettingsOf<typeof settings>;

/**
 * What the supervisor needs; the process of the handler gets its own, far fewer permissions.
 *
 * It reads the configuration above the handler's module, keeps files beside the socket, and runs
 * Deno for the handler and `cat` for the container's memory limit, which Deno shows to nobody.
 */
export const permissions: PermissionTemplate = {
  read: ["/"],
  write: [
    "{ASYA_SOCKET_PATH}",
    "{ASYA_SOCKET_PATH}.calls",
    "{ASYA_SOCKET_PATH}.exits",
    "{ASYA_SOCKET_PATH}.imports",
    "{ASYA_SOCKET_PATH}.lock",
  ],
  run: ["deno", "cat"],
};
