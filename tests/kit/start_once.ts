import { poll } from "./poll.ts";

/** Another test file may be busy starting it. */
const START_LIMIT_MS = 300_000;

/**
 * Starts something that all test files of a run share: whoever comes first does, the others are
 * told how to find it. Test files share a process and nothing else.
 *
 * @param name what it is, as a part of a file's name
 * @param start starts it, in an empty folder that it may keep; says how it is found
 * @returns what `start` returned, whoever called it
 */
export async function startOnce(
  name: string,
  start: (folder: string) => Promise<string>,
): Promise<string> {
  const folder = `${Deno.env.get("TMPDIR") ?? "/tmp"}/asya-${name}-run-${Deno.pid}`;
  const [note, failed] = [`${folder}/found.txt`, `${folder}/failed.txt`];
  if (await claim(folder)) {
    try {
      const found = await start(folder);
      // Nobody shall read half of it.
      await Deno.writeTextFile(`${note}.new`, found);
      await Deno.rename(`${note}.new`, note);
      return found;
    } catch (error) {
      // Nobody shall wait for it.
      await Deno.writeTextFile(failed, String(error));
      throw error;
    }
  }
  return await poll(`the ${name} of this run`, async () => {
    const failure = await readIfThere(failed);
    if (failure !== undefined) throw new Error(failure);
    return await readIfThere(note);
  }, { timeoutMs: START_LIMIT_MS });
}

/** Whether we are the first. */
async function claim(folder: string): Promise<boolean> {
  try {
    await Deno.mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
