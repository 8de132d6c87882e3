import assert from "node:assert/strict";
import { parseSettings } from "@asya/program";
import { settings } from "./config.ts";

function parse(env: Record<string, string>) {
  return parseSettings(settings, { ASYA_HANDLER: "./a.ts", ...env });
}

Deno.test("everything but the handler has a default", { permissions: "none" }, () => {
  const parsed = parse({});
  assert(parsed.ok);
  const { config } = parsed;
  assert.deepEqual(
    [config.socketPath, config.socketMode, config.concurrency, config.timeoutMs, config.chunkBytes],
    ["/tmp/sockets/app.sock", 0o660, 1, 300_000, 65_536],
  );
  assert.equal(parseSettings(settings, {}).ok, false);
});

Deno.test("[C3] older names are read, with a notice", { permissions: "none" }, () => {
  for (const [value, expected] of [["message", true], ["payload", false]] as const) {
    const parsed = parse({ ASYA_HANDLER_ARG_TYPE: value });
    assert.equal(parsed.ok && parsed.config.includeMetadata, expected);
    assert.equal(parsed.notices.length, 1);
  }
  const retired = parse({ ASYA_ENABLE_VALIDATION: "true" });
  assert(retired.ok);
  assert.match(retired.notices[0]!, /ASYA_ENABLE_VALIDATION has no effect/);
});

Deno.test("[C1] what is not allowed is told", { permissions: "none" }, () => {
  const parsed = parse({
    ASYA_SOCKET_CHMOD: "999",
    ASYA_REPLY_FORMAT: "xml",
    ASYA_CONCURRENCY: "0",
    ASYA_HANDLER_SCHEMES: "file,data",
    ASYA_CHUNK_SIZE: "1",
  });
  assert.equal(!parsed.ok && parsed.problems.length, 5);
});

Deno.test("an empty mode leaves the socket as it is", { permissions: "none" }, () => {
  const parsed = parse({ ASYA_SOCKET_CHMOD: "" });
  assert.equal(parsed.ok && parsed.config.socketMode, undefined);
});
