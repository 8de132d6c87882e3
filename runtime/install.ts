import { ownProgram } from "./own_program.ts";
import { folderOf } from "./project.ts";

/** Exit codes: what stands in the way, and how it was called. */
const EXIT = { failed: 1, wrongInput: 2 } as const;

const HELP = `runtime install FOLDER

Copies the runtime, and the Deno that runs it, to a folder, from which it runs in an image that has
neither:

  FOLDER/bin/deno run --no-prompt FLAGS FOLDER/runtime/main.js

where FLAGS are those of the runtime's permissions.json, with --allow-run=FOLDER/bin/deno,cat. The
image needs the C library that Deno is made for (glibc, as in Debian, Ubuntu or distroless/cc; not
Alpine). What is there already is replaced file by file, so that one that is in use stays whole.

It needs --allow-read=/ --allow-write=FOLDER.`;

/** What handlers import, and the program itself, whose presence says that all is there. */
const FILES = ["mod.ts", "main.js"];

/**
 * Copies this program and the Deno that runs it to a folder, a volume for example, so that it runs in
 * a container whose image has neither. Only a bundle can be copied: it is one file.
 *
 * @param args the folder
 * @returns the exit code; why it is not 0 is on standard error
 */
export async function installRuntime(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const [folder, ...rest] = args;
  if (!folder?.startsWith("/") || rest.length > 0) {
    const got = args.length === 0 ? "nothing" : args.join(" ");
    return refuse(`got ${got}; allowed: the absolute path of one folder`, EXIT.wrongInput);
  }
  const { isCompiled, main } = ownProgram();
  if (isCompiled || !main.startsWith("file:") || !main.endsWith(".js")) {
    return refuse(`${main} is no bundle; allowed: main.js, as tools/build.ts makes it, under Deno`);
  }
  const from = folderOf(decodeURIComponent(new URL(main).pathname));
  try {
    await Deno.mkdir(`${folder}/bin`, { recursive: true });
    await Deno.mkdir(`${folder}/runtime`, { recursive: true });
    await place(Deno.execPath(), `${folder}/bin/deno`, 0o755);
    for (const name of FILES) await place(`${from}/${name}`, `${folder}/runtime/${name}`, 0o644);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  console.log(`the runtime is in ${folder}`);
  return 0;
}

/** Copies a file; until it is whole, its place has what was there before. */
async function place(source: string, target: string, mode: number): Promise<void> {
  const growing = `${target}.new`;
  await Deno.copyFile(source, growing);
  await Deno.chmod(growing, mode);
  await Deno.rename(growing, target);
}

function refuse(problem: string, code: number = EXIT.failed): number {
  console.error(`runtime cannot be installed: ${problem}`);
  return code;
}
