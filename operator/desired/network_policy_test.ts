import assert from "node:assert/strict";
import { desired } from "./desired.ts";
import { actorOf, objectOf, platform, specOf, type Yaml } from "./testing/scene.ts";

/** A policy's rules, each as a short text. */
function rulesOf(spec: Yaml, direction: "ingress" | "egress"): string[] {
  const made = desired(actorOf({ networkPolicy: { enabled: true }, ...spec }), platform);
  const rules = specOf(objectOf(made, "NetworkPolicy"))[direction] as {
    to?: { ipBlock: { cidr: string } }[];
    ports?: { port: number; protocol: string }[];
  }[];
  return rules.map(({ to, ports }) => {
    const peers = to?.map(({ ipBlock }) => ipBlock.cidr).join() ?? "any";
    return `${peers} ${ports?.map(({ port, protocol }) => `${protocol}/${port}`).join() ?? "any"}`;
  });
}

/** What every pod needs: names, the broker, the gateway. */
const OWN = ["any UDP/53,TCP/53", "any TCP/5672", "any TCP/8080"];

const allowed: [string, Yaml, string[]][] = [
  ["nothing", {}, []],
  ["a name and its port", { net: ["api.example.com:443"] }, ["any TCP/443"]],
  ["a name", { net: ["api.example.com"] }, ["any any"]],
  ["everything", { net: ["*"] }, ["any any"]],
  ["an address", { net: ["10.0.0.5:5432"] }, ["10.0.0.5/32 TCP/5432"]],
  ["an address of version 6", { net: ["[2001:db8::1]:80"] }, ["2001:db8::1/128 TCP/80"]],
  ["a range", { net: ["10.0.0.0/8"] }, ["10.0.0.0/8 any"]],
  ["the pod itself", { net: ["127.0.0.1:9", "localhost", "unix:/x.sock"] }, []],
  ["the same twice", { net: ["a:1", "b:1"] }, ["any TCP/1"]],
  ["modules", { import: ["jsr.io:443"] }, ["any TCP/443"]],
];

for (const [name, permissions, expected] of allowed) {
  Deno.test({
    name: `[I8] a policy lets out to what a pod needs, and to what its handler may reach: ${name}`,
    permissions: "none",
    fn: () => {
      const rules = rulesOf({ permissions }, "egress");
      assert.deepEqual(rules.toSorted(), [...OWN, ...expected].toSorted());
    },
  });
}

Deno.test({
  name: "[I8] a policy lets in to the metrics, and to what the handler serves",
  permissions: "none",
  fn: () => {
    assert.deepEqual(rulesOf({}, "ingress"), ["any TCP/8080"]);
    const permissions = { net: ["0.0.0.0:9000"] };
    assert.deepEqual(rulesOf({ permissions }, "ingress"), ["any TCP/9000", "any TCP/8080"]);
    const sidecar = { env: [{ name: "ASYA_METRICS_ADDR", value: "127.0.0.1:9" }] };
    assert.deepEqual(rulesOf({ sidecar }, "ingress"), []);
  },
});

Deno.test({
  name: "[I8] a handler that is fetched may be, and a gateway elsewhere is reached",
  permissions: "none",
  fn: () => {
    const spec = {
      handler: "jsr:@me/predict",
      sidecar: { env: [{ name: "ASYA_GATEWAY_URL", value: "https://gateway.example.com" }] },
    };
    assert.deepEqual(rulesOf(spec, "egress"), [
      ...["any UDP/53,TCP/53", "any TCP/5672"],
      "any TCP/443",
    ]);
  },
});

/** What an actor says of its telemetry, and the ports that its pods may go to for it. */
const sent: [string, Yaml, string[]][] = [
  ["no telemetry", { enabled: false, endpoint: "http://otel:4318" }, []],
  ["who takes it", { enabled: true, endpoint: "http://otel:4318" }, ["any TCP/4318"]],
  ["a port of a scheme", { enabled: true, endpoint: "https://otel/otlp" }, ["any TCP/443"]],
  ["itself", { enabled: true, endpoint: "http://[::1]:4318" }, []],
  [
    "who takes it from a collector",
    { endpoint: "http://otel:9", collector: { enabled: true } },
    ["any TCP/9"],
  ],
  ["what a collector of the user's does", {
    collector: { enabled: true, configMapRef: { name: "mine" } },
  }, []],
];

for (const [name, telemetry, expected] of sent) {
  Deno.test({
    name: `[I8] a policy lets telemetry out, where it leaves the pod: ${name}`,
    permissions: "none",
    fn: () => {
      const rules = rulesOf({ telemetry }, "egress");
      assert.deepEqual(rules.toSorted(), [...OWN, ...expected].toSorted());
    },
  });
}

Deno.test({
  name: "[I8] a policy is of one actor's pods, both ways",
  permissions: "none",
  fn: () => {
    const made = desired(actorOf({ networkPolicy: { enabled: true } }), platform);
    const { podSelector, policyTypes } = specOf(objectOf(made, "NetworkPolicy"));
    assert.deepEqual(podSelector, {
      matchLabels: { app: "ocr", "asya.io/asya": "ocr", "asya.io/workload": "Deployment" },
    });
    assert.deepEqual(policyTypes, ["Ingress", "Egress"]);
  },
});

Deno.test({
  name: "[I8] there is no policy unless it is asked for",
  permissions: "none",
  fn: () => {
    const { objects } = desired(actorOf(), platform);
    assert(objects.every(({ kind }) => kind !== "NetworkPolicy"));
  },
});
