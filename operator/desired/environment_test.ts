import assert from "node:assert/strict";
import { knownEnvironment, literally, mergeEnv } from "./environment.ts";

/** What the kubelet makes of a text in which no variable is known. */
function expanded(text: string): string {
  return text.replaceAll("$$", "$");
}

Deno.test({
  name: "[I2] an environment of ours comes first, and what the user names is theirs",
  permissions: "none",
  fn: () => {
    const ours = [{ name: "A", value: "1" }, { name: "B", value: "2" }];
    const theirs = [{ name: "X", value: "$(A)" }, { name: "B", value: "3" }];
    assert.deepEqual(mergeEnv(ours, theirs), [ours[0], ...theirs]);
    assert.deepEqual(mergeEnv(ours), ours);
    const twice = [{ name: "X", value: "first" }, { name: "X", value: "last" }];
    assert.deepEqual(mergeEnv([], twice), [{ name: "X", value: "last" }]);
  },
});

Deno.test({
  name: "[I4] a text is spelled so that the kubelet takes it literally",
  permissions: "none",
  fn: () => {
    assert.equal(literally("plain $HOME"), "plain $HOME");
    assert.equal(literally("$(HOME)"), "$$(HOME)");
    for (const text of ["", "$", "$$", "$$$(A)", "a$$b$(c)d$", "$$(A)$$"]) {
      assert.equal(expanded(literally(text)), text, text);
      assert.equal(knownEnvironment([{ name: "A", value: literally(text) }]).values.A, text);
    }
  },
});

Deno.test({
  name: "[I4] what the kubelet fills in is known not to be known",
  permissions: "none",
  fn: () => {
    const { values, unknown } = knownEnvironment([
      { name: "PLAIN", value: "a" },
      { name: "EMPTY" },
      { name: "SECRET", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      { name: "BUILT", value: "http://$(HOST)" },
      { name: "SPELLED", value: "$$(HOST)" },
    ]);
    assert.deepEqual(values, { PLAIN: "a", EMPTY: "", SPELLED: "$(HOST)" });
    assert.deepEqual([...unknown], ["SECRET", "BUILT"]);
  },
});
