import { parseSettings, permissionFlags } from "@asya/program";
import assert from "node:assert/strict";
import { bundleOf, checkConfig, settings } from "./config.ts";
import permissions from "./permissions.json" with { type: "json" };

const none = "none";

function parse(env: Record<string, string>) {
  const parsed = parseSettings(settings, env);
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.config;
}

const POD = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };

Deno.test({
  name: "[C1] the API server is that of a kubeconfig or of the pod, and one of both is needed",
  permissions: none,
  fn: () => {
    assert.deepEqual(checkConfig(parse(POD)), []);
    assert.deepEqual(checkConfig(parse({ KUBECONFIG: "/config" })), []);
    assert.match(checkConfig(parse({})).join(), /KUBECONFIG is not set/);
  },
});

Deno.test({
  name: "[C1] telemetry of all actors needs somebody who takes it",
  permissions: none,
  fn: () => {
    const on = { ...POD, ASYA_TELEMETRY_ENABLED: "true" };
    assert.match(checkConfig(parse(on)).join(), /ASYA_TELEMETRY_ENDPOINT is not set; set both/);
    const whole = { ...on, ASYA_TELEMETRY_ENDPOINT: "http://otel:4318" };
    assert.deepEqual(checkConfig(parse(whole)), []);
  },
});

Deno.test({
  name: "[C1] [C2] an address that would stand in every pod has no secret in it, and is not shown",
  permissions: none,
  fn: () => {
    for (const more of ["ada:pass-q7@otel", "otel/?key=pass-q7", "otel/#pass-q7"]) {
      const problems = checkConfig(parse({ ...POD, ASYA_TELEMETRY_ENDPOINT: `http://${more}` }));
      assert.match(problems.join(), /^ASYA_TELEMETRY_ENDPOINT has a user, a password or a query/);
      assert.doesNotMatch(problems.join(), /q7/);
    }
  },
});

Deno.test({
  name: "[C1] only a bundle that was asked for has to be there",
  permissions: none,
  fn: () => {
    assert.deepEqual(bundleOf(parse({})), { path: "/opt/asya/runtime", isRequired: false });
    const asked = parse({ ASYA_RUNTIME_BUNDLE: "/dist/runtime" });
    assert.deepEqual(bundleOf(asked), { path: "/dist/runtime", isRequired: true });
  },
});

Deno.test({
  name: "[M4] the operator reads its kubeconfig or the pod's token, and its bundle, and no more",
  permissions: none,
  fn: () => {
    const read = (env: Record<string, string>) =>
      permissionFlags(permissions, env).find((flag) => flag.startsWith("--allow-read"));
    assert.equal(
      read(POD),
      "--allow-read=/var/run/secrets/kubernetes.io/serviceaccount,/opt/asya/runtime",
    );
    assert.equal(
      read({ KUBECONFIG: "/config", ASYA_RUNTIME_BUNDLE: "/bundle" }),
      "--allow-read=/config,/bundle",
    );
    assert(!permissionFlags(permissions, POD).some((flag) => /--allow-(write|run|sys)/.test(flag)));
  },
});
