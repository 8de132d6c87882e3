/**
 * What the definition of `AsyncActor` takes, the programs of its pod take too.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings, type Settings } from "@asya/program";
import { isQueueName } from "@asya/protocol";
import type { Container } from "../../operator/actor/async_actor.ts";
import { PERMISSION_KINDS } from "../../operator/actor/actor_spec.ts";
import { parseActor } from "../../operator/actor/parse_actor.ts";
import { actorWith } from "../../operator/actor/testing/actor_with.ts";
import { arbitrarySpec } from "../../operator/actor/testing/arbitrary_spec.ts";
import { containerOf, templateOf } from "../../operator/desired/testing/scene.ts";
import { HANDLER_PERMISSIONS } from "../../mesh/mod.ts";
import { checkHandlerFlags } from "../../runtime/handler_flags.ts";
import { checkSocketPath } from "../../runtime/socket_path.ts";
import * as sidecar from "../../sidecar/config.ts";

const core = { permissions: "none" } as const;

/** A container's environment as its process has it. */
function environmentOf({ env = [] }: Container): Record<string, string> {
  const entries = env.map(({ name, value }) => [name, value?.replaceAll("$$", "$") ?? "a secret"]);
  return Object.fromEntries(entries);
}

function problemsOf(settings: Settings, container: Container): readonly string[] {
  const parsed = parseSettings(settings, environmentOf(container));
  return parsed.ok ? [] : parsed.problems;
}

Deno.test(
  "[V5] the kinds of permission are those of the mesh, and the runtime takes each",
  core,
  () => {
    assert.deepEqual(PERMISSION_KINDS.toSorted(), HANDLER_PERMISSIONS.toSorted());
    assert.deepEqual(checkHandlerFlags(PERMISSION_KINDS.map((kind) => `--allow-${kind}=x`)), []);
  },
);

Deno.test("[V5] no pod of an actor that was taken is refused by its own programs", core, () => {
  let taken = 0;
  fc.assert(
    fc.property(arbitrarySpec(), (spec) => {
      const parsed = parseActor(actorWith(spec));
      if (!parsed.ok || parsed.actor.spec.transport.type !== "rabbitmq") return;
      if (parsed.actor.spec.sidecar.env.length > 0) return; // the user's own risk
      taken++;
      const { queueName, socket } = parsed.actor.spec;
      assert.equal(isQueueName(queueName), true);
      assert.deepEqual(checkSocketPath(socket.path), []);
      const container = containerOf(templateOf(parsed.actor), "sidecar");
      assert.deepEqual(problemsOf(sidecar.settings, container), []);
    }),
    { numRuns: 300 },
  );
  assert(taken > 20, `only ${taken} of 300 were taken`);
});
