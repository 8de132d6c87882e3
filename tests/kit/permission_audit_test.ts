import assert from "node:assert/strict";
import { allows, parseGrants, parseUses, ungranted, unused } from "./permission_audit.ts";

Deno.test({
  name: "grants are the flags before the program",
  permissions: "none",
  fn() {
    const args = ["run", "--allow-read=/a,/b", "--allow-run", "--no-prompt", "x/main.ts"];
    assert.deepEqual(parseGrants([...args, "--allow-net=h"]), [
      { kind: "read", value: "/a" },
      { kind: "read", value: "/b" },
      { kind: "run" },
    ]);
  },
});

Deno.test({
  name: "a grant allows what it names, and nothing beside it",
  permissions: "none",
  fn() {
    const rows: [string, string | undefined, string | undefined, boolean][] = [
      ["read", "/a", "/a", true],
      ["read", "/a", "/a/b", true],
      ["read", "/a", "/ab", false],
      ["read", "/", "/etc/hosts", true],
      ["read", undefined, "/etc/hosts", true],
      ["read", "/a", undefined, false],
      ["net", "h:80", "h:80", true],
      ["net", "h:80", "http://h:80/progress", false],
      ["net", "h:81", "http://h:81/progress", true],
      ["net", "h:80", "h:81", false],
      ["net", "unix:/s", "unix:/s", true],
      ["env", "ASYA_*", "ASYA_X", true],
      ["env", "ASYA_*", undefined, true],
      ["env", "ASYA_*", "HOME", false],
      ["run", "deno", "/usr/bin/deno", true],
      ["run", "deno", "/usr/bin/nodeno", false],
      ["sys", "uid", "gid", false],
    ];
    for (const [kind, granted, used, allowed] of rows) {
      const grant = { kind, ...(granted !== undefined && { value: granted }) };
      const use = { kind, ...(used !== undefined && { value: used }) };
      assert.equal(allows(grant, use), allowed, JSON.stringify({ grant, use }));
    }
  },
});

Deno.test({
  name: "what is used without a grant, and granted without a use, is found",
  permissions: "none",
  fn() {
    const uses = parseUses([
      '{"v":1,"permission":"read","value":"/a/x"}',
      '{"v":1,"permission":"read","value":"/a/x"}',
      '{"v":1,"permission":"env","value":null}',
      "",
    ]);
    assert.deepEqual(uses, [{ kind: "read", value: "/a/x" }, { kind: "env" }]);
    const grants = [{ kind: "read", value: "/a" }, { kind: "write", value: "/a" }];
    assert.deepEqual(ungranted(uses, grants), [{ kind: "env" }]);
    assert.deepEqual(unused(uses, grants), [{ kind: "write", value: "/a" }]);
    assert.throws(() => parseUses(["{}"]), SyntaxError);
  },
});
