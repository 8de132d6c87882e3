import { folderOf } from "./project.ts";

/** How this program came to run, and so how it starts the process of its handler. */
export interface OwnProgram {
  /** Whether it is one executable, which has its permissions and its handlers in it. */
  readonly isCompiled: boolean;
  /** URL of its main module. */
  readonly main: string;
}

/** How this program came to run. */
export function ownProgram(): OwnProgram {
  return { isCompiled: Deno.build.standalone, main: Deno.mainModule };
}

/**
 * The folder that handlers lie in: the working directory, or, in an executable, that of its main
 * module.
 *
 * @param program how it came to run
 */
export function handlerRoot({ isCompiled, main }: OwnProgram): string {
  return isCompiled ? folderOf(decodeURIComponent(new URL(main).pathname)) : Deno.realPathSync(".");
}
