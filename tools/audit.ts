/**
 * Asks the registry whether it knows of weaknesses in any package of `deno.lock`. Exits 0 when there
 * are none, 1 when there are (they are listed), and 3 when the registry could not be asked, which
 * says nothing about the packages. Arguments go to `deno audit`: `--level=high`, `--ignore=CVE-…`.
 *
 * @module
 */

const EXIT = { weak: 1, unasked: 3 } as const;

const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["audit", ...Deno.args],
  stdout: "piped",
  stderr: "piped",
}).output();
await Deno.stdout.write(stdout);
await Deno.stderr.write(stderr);
if (!success) {
  // A report goes to standard output; what kept Deno from making one does not.
  if (stdout.length > 0) Deno.exit(EXIT.weak);
  console.error("audit: the registry's list of weaknesses could not be read (above: why), so that");
  console.error("nothing is known about the packages; ask again where the registry can be reached");
  Deno.exit(EXIT.unasked);
}
