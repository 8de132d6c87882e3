import assert from "node:assert/strict";
import type { KubeObject } from "../kube_object.ts";
import { StatusError } from "../status_error.ts";
import { parseFieldSelector, parseLabelSelector } from "./selectors.ts";

const object: KubeObject = {
  apiVersion: "v1",
  kind: "Thing",
  metadata: { name: "one", namespace: "home", labels: { color: "red", "a.io/part": "x" } },
  type: "Opaque",
};

Deno.test({
  name: "selectors choose by labels and fields as the API server does",
  permissions: "none",
  fn: () => {
    const labels: readonly (readonly [string, boolean])[] = [
      ["color=red", true],
      ["color==red,a.io/part=x", true],
      ["color!=red", false],
      ["size!=large", true],
      ["color in (blue, red)", true],
      ["color notin (blue)", true],
      ["size notin (large)", true],
      ["color", true],
      ["!color", false],
      ["!size,a.io/part in (x,y)", true],
      ["size=", false],
    ];
    for (const [text, isChosen] of labels) {
      assert.equal(parseLabelSelector(text)(object), isChosen, text);
    }
    const fields: readonly (readonly [string, boolean])[] = [
      ["metadata.name=one", true],
      ["metadata.name!=one", false],
      ["metadata.namespace=home,type=Opaque", true],
      ["type!=other", true],
    ];
    for (const [text, isChosen] of fields) {
      assert.equal(parseFieldSelector(text, ["type"])(object), isChosen, text);
    }
    const isRefused = (error: unknown) => error instanceof StatusError && error.code === 400;
    assert.throws(() => parseLabelSelector("color ~ red"), isRefused);
    assert.throws(() => parseFieldSelector("spec.size=1"), isRefused);
  },
});
