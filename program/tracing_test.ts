import assert from "node:assert/strict";
import { openTracing } from "./tracing.ts";

Deno.test("[N1] without OpenTelemetry there is no tracing, and no library of it is loaded", {
  permissions: "none",
}, async () => {
  assert.equal(Symbol.for("opentelemetry.js.api.1") in globalThis, false);
  assert.equal(await openTracing("asya-test"), undefined);
});
