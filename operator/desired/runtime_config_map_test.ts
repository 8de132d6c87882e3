import assert from "node:assert/strict";
import { runtimeConfigMap } from "./runtime_config_map.ts";
import { platform } from "./testing/scene.ts";

Deno.test({
  name: "[I3] a namespace's runtime is an immutable ConfigMap that its hash names",
  permissions: "none",
  fn: () => {
    assert.deepEqual(runtimeConfigMap("docs", platform), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "asya-runtime-0123456789ab",
        namespace: "docs",
        labels: {
          "app.kubernetes.io/managed-by": "asya-operator",
          "app.kubernetes.io/part-of": "asya",
          "asya.io/runtime": "0123456789ab",
        },
      },
      immutable: true,
      data: platform.runtimeFiles,
    });
  },
});

Deno.test({
  name: "[I7] a runtime that no ConfigMap can hold is refused with its size",
  permissions: "none",
  fn: () => {
    const runtimeFiles = { "main.js": "é".repeat(524_288) };
    assert.throws(
      () => runtimeConfigMap("docs", { ...platform, runtimeFiles }),
      new RangeError("the runtime is 1048583 bytes; allowed: fewer than 1048576"),
    );
  },
});
