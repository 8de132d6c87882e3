/**
 * The Python host of `examples/python` by itself: it passes the golden vectors of the wire, and its
 * own tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findPython, pathOf, platformEnv } from "../kit/mod.ts";

const python = await findPython();

const suites: [string, string][] = [
  ["test_vectors", "[W1] [W3] [W4] [W5] [W8] [W9] the Python host passes the golden vectors"],
  ["test_asya_host", "[R7] [R8] [W5] [W8] the Python host answers whatever it is asked"],
  ["test_word_count", "the Python example's handlers do what they say"],
];

for (const [suite, name] of suites) {
  Deno.test({
    name,
    ignore: python.isMissing,
    fn: async () => {
      const { success, stderr } = await new Deno.Command(python.command, {
        args: ["-B", "-W", "error", "-m", "unittest", suite],
        cwd: pathOf("examples/python"),
        env: platformEnv(),
        clearEnv: true,
      }).output();
      const written = new TextDecoder().decode(stderr);
      assert.ok(success, written);
      assert.match(written, /^Ran [1-9]\d* tests? in/m);
    },
  });
}
