import { type Json, parseJson } from "@asya/protocol";

/** What came of an edit. */
export type Edited =
  | { readonly ok: true; readonly payload: Json }
  | { readonly ok: false; readonly problem: string };

/**
 * Lets the user edit a payload with an editor of their own. What is no JSON afterwards is kept in
 * its file, so that no work is lost.
 *
 * @param payload what it is before
 * @param editor a command line, as `EDITOR` has it
 */
export async function editPayload(payload: Json, editor: string): Promise<Edited> {
  const path = await Deno.makeTempFile({ prefix: "asya-payload-", suffix: ".json" });
  await Deno.writeTextFile(path, `${JSON.stringify(payload, null, 2)}\n`, { mode: 0o600 });
  // An editor may have options of its own, which a shell takes apart.
  const { code } = await new Deno.Command("/bin/sh", {
    args: ["-c", `${editor} "$1"`, "asya-edit", path],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (code !== 0) {
    await Deno.remove(path);
    return { ok: false, problem: `${editor} ended with ${code}; nothing is replayed` };
  }
  const json = parseJson(await Deno.readTextFile(path));
  if (!json.ok) {
    const problem = `what you wrote is no JSON (${json.reason}); it is kept in ${path}, and ` +
      `--payload @${path} takes it`;
    return { ok: false, problem };
  }
  await Deno.remove(path);
  return { ok: true, payload: json.value };
}
