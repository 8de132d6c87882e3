import assert from "node:assert/strict";
import { readInternalToken } from "./internal_token.ts";

Deno.test("all who start parts of a mesh share one token, which nobody else can read", async () => {
  const folder = await Deno.makeTempDir();
  const state = `${folder}/.asya`;
  try {
    assert.equal(await readInternalToken(state, false), undefined);
    const tokens = await Promise.all(
      Array.from({ length: 8 }, () => readInternalToken(state, true)),
    );
    assert.equal(new Set(tokens).size, 1);
    assert.match(tokens[0] ?? "", /^[0-9a-f]{64}$/);
    assert.equal(await readInternalToken(state, false), tokens[0]);
    const files = [...Deno.readDirSync(state)];
    assert.deepEqual(files.map(({ name }) => name), ["internal-token"]);
    assert.equal((Deno.statSync(`${state}/internal-token`).mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
