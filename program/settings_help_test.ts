import assert from "node:assert/strict";
import { retired, text } from "./setting.ts";
import { helpText, settingsTable } from "./settings_help.ts";

const permissions = "none";

const settings = {
  name: text({ env: "ASYA_NAME", required: true, doc: "what | who" }),
  token: text({ env: "ASYA_TOKEN", secret: true, doc: "a token", aliases: [{ env: "OLD_TOKEN" }] }),
  path: text({ env: "ASYA_PATH", default: "/tmp", doc: "where" }),
  gone: retired({ env: "ASYA_GONE", doc: "always on" }),
};

Deno.test("[C5] help names every setting, its default and what is allowed", { permissions }, () => {
  assert.equal(
    helpText("tool", "Does things.", settings),
    `tool: Does things.

Settings are environment variables:

  ASYA_NAME  (required)
      what | who
      allowed: any text

  ASYA_TOKEN  (not set)
      a token
      allowed: any text; kept secret
      older name: OLD_TOKEN

  ASYA_PATH  (default /tmp)
      where
      allowed: any text

  ASYA_GONE  (no effect any more)
      always on
`,
  );
});

Deno.test("[C5] the table has a row for every setting, columns padded", { permissions }, () => {
  const lines = settingsTable(settings).trimEnd().split("\n");
  assert.equal(lines.length, 2 + 4);
  assert.equal(new Set(lines.map((line) => line.replaceAll("\\|", "??").length)).size, 1);
  assert.match(lines[2] ?? "", /`ASYA_NAME` +\| required \| what \\\| who \(any text\)/);
  assert.match(lines[3] ?? "", /secret; older name: `OLD_TOKEN`/);
});
