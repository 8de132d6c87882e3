import assert from "node:assert/strict";
import { installOn } from "./testing/install_on.ts";

/** Installs it on a machine with these programs, and the usual tools. */
function install(programs: Readonly<Record<string, string>>) {
  const tools = "sh cat dirname mkdir mktemp rm mv touch chmod".split(" ");
  return installOn({ files: ["install_prometheus.sh", "need.sh"], tools, programs });
}

/** Downloads a package, as far as a file of that name is one. */
const apt = 'case "$*" in *download*) touch prometheus_2_amd64.deb ;; esac';

/** Unpacks a promtool that ends with a code. */
const unpacking = (code: number) =>
  `mkdir -p "$3/usr/bin" && echo "exit ${code}" >"$3/usr/bin/promtool" && ` +
  'chmod +x "$3/usr/bin/promtool"';

const helpless: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ["no Debian", {}, /apt-get is not on PATH/],
  ["no network", { "apt-get": "exit 100", "dpkg-deb": "exit 1" }, /apt-get update failed/],
  [
    "no package",
    { "apt-get": 'case "$*" in *download*) exit 100 ;; esac', "dpkg-deb": "exit 1" },
    /apt-get download failed/,
  ],
  ["another machine", { "apt-get": apt, "dpkg-deb": unpacking(126) }, /it does not run here/],
];

for (const [what, programs, expected] of helpless) {
  Deno.test(`Prometheus' installer says what is wrong, and leaves nothing: ${what}`, async () => {
    const { code, said, left } = await install(programs);
    assert.match(said, expected);
    assert.match(said, /You can install it yourself/);
    assert.deepEqual({ code, left }, { code: 1, left: [] });
  });
}

Deno.test("Prometheus' installer leaves the programs, and nothing else", async () => {
  const { code, said, left } = await install({ "apt-get": apt, "dpkg-deb": unpacking(0) });
  assert.deepEqual({ code, left }, { code: 0, left: ["prometheus"] }, said);
});
