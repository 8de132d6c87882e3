import assert from "node:assert/strict";
import { missingPermission, permissionLine } from "./missing_permission.ts";

const pure = { permissions: "none" } as const;

Deno.test(
  "[C8] a permission is read from what Deno says, and written as a mesh's file has it",
  pure,
  () => {
    const cases = [
      ['Requires env access to "API_KEY", run again with the --allow-env flag', "env: [API_KEY]"],
      [
        'Requires sys access to "osRelease", run again with the --allow-sys flag',
        "sys: [osRelease]",
      ],
      [
        'Requires net access to "a.example:443", run again with the --allow-net flag',
        "net: [a.example:443]",
      ],
      [
        'Requires net access to "[::1]:80", run again with the --allow-net flag',
        'net: ["[::1]:80"]',
      ],
      [
        'Requires read access to "./a b, c", run again with the --allow-read flag',
        'read: ["./a b, c"]',
      ],
      ["Requires run access to cat, run again with the --allow-run flag", "run: [cat]"],
      ["Requires read access to <exec_path>, run again with the --allow-read flag", undefined],
      ["something else", undefined],
    ] as const;
    for (const [text, expected] of cases) {
      const found = missingPermission(text);
      const line = expected && `permissions: { ${expected} }`;
      assert.equal(found && permissionLine(found), line, text);
    }
  },
);

Deno.test("[C8] Deno says it so", pure, async () => {
  const cases: readonly (readonly [() => unknown, string, string])[] = [
    [() => Deno.env.get("HOME"), "env", "HOME"],
    [() => Deno.readTextFileSync("x"), "read", "x"],
    [() => Deno.writeTextFileSync("x", ""), "write", "x"],
    [() => Deno.hostname(), "sys", "hostname"],
    [() => new Deno.Command("cat").output(), "run", "cat"],
    [() => fetch("https://api.example.com/v1"), "net", "api.example.com:443"],
  ];
  for (const [work, kind, target] of cases) {
    const refused = await Promise.try(work).then(() => "it was allowed", String);
    assert.deepEqual(missingPermission(refused), { kind, target }, refused);
  }
});
