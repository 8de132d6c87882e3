/**
 * What the operator writes into a pod, read by the programs' own schemas.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseSettings, type Settings } from "@asya/program";
import * as runtime from "../../runtime/config.ts";
import * as sidecar from "../../sidecar/config.ts";
import {
  actorOf,
  containerOf,
  platform,
  templateOf,
  type Yaml,
} from "../../operator/desired/testing/scene.ts";
import type { Container } from "../../operator/actor/async_actor.ts";

const tls = { enabled: true, caSecretRef: { name: "ca", key: "ca.crt" } };
const passwordSecretRef = { name: "broker", key: "pass" };

const actors: Readonly<Record<string, Yaml>> = {
  "a minimal one": {},
  "a terminal one": { queueName: "happy-end" },
  "one with telemetry": {
    telemetry: { endpoint: "http://otel:4318", logs: true, collector: { enabled: true } },
  },
  "one with a binary": { runtime: { inject: "binary" } },
  "one with the least of everything": {
    socket: { path: "/a/b", maxSize: "1024" },
    timeout: { processing: 1, gracefulShutdown: 6 },
  },
  "one with the most of everything": {
    socket: { path: `/${"a".repeat(100)}/b`, maxSize: String(512 * 1024 * 1024) },
    timeout: { processing: 604_800, gracefulShutdown: 86_400 },
  },
  "one with odd names": {
    queueName: "a$(b) $$c/d",
    transport: {
      type: "rabbitmq",
      rabbitmq: { host: "fe80::1", username: "a$$(b)", vhost: "/x y", tls, passwordSecretRef },
    },
  },
};

/** What Deno reads by itself, and what it is made of. */
const OF_DENO = /^(DENO|OTEL|K8S)_/;

/** A container's environment as its process has it, but for what is Deno's. */
function environmentOf({ env = [] }: Container): Record<string, string> {
  const ours = env.filter(({ name }) => !OF_DENO.test(name));
  return Object.fromEntries(ours.map(({ name, value = "of a Secret", valueFrom }) => {
    assert.equal(
      value.replaceAll("$$", "").includes("$("),
      false,
      "a reference was made by chance",
    );
    return [name, valueFrom ? "of a Secret" : value.replaceAll("$$", "$")];
  }));
}

function read<S extends Settings>(settings: S, container: Container) {
  const env = environmentOf(container);
  const known = Object.values(settings).map(({ env }) => env);
  assert.deepEqual(Object.keys(env).filter((name) => !known.includes(name)), []);
  const parsed = parseSettings(settings, env, known);
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  assert.deepEqual(parsed.notices, []);
  return parsed.config;
}

for (const [name, spec] of Object.entries(actors)) {
  Deno.test({
    name: `[I4] every setting that is written is read as it is meant, by both programs: ${name}`,
    permissions: "none",
    fn: () => {
      const actor = actorOf(spec);
      const template = templateOf(actor);
      const carrying = read(sidecar.settings, containerOf(template, "sidecar"));
      const hosting = read(runtime.settings, containerOf(template, "handler"));
      assert.deepEqual(sidecar.checkConfig(carrying), []);
      const { queueName, socket, timeout, transport } = actor.spec;
      assert(transport.type === "rabbitmq");
      const { username, vhost } = transport.rabbitmq;
      for (const { socketPath, maxFrameBytes, isTerminal } of [carrying, hosting]) {
        assert.equal(socketPath, socket.path);
        assert.equal(maxFrameBytes, Number(socket.maxSize));
        assert.equal(isTerminal, queueName === "happy-end");
      }
      const graceMs = (timeout.gracefulShutdown - 5) * 1_000;
      assert.deepEqual([carrying.shutdownGraceMs, hosting.graceMs], [graceMs, graceMs]);
      const limitMs = timeout.processing * 1_000;
      assert.deepEqual([carrying.runtimeTimeoutMs, hosting.timeoutMs], [limitMs, limitMs]);
      assert.deepEqual(
        [carrying.transport, carrying.queueName, carrying.rabbitmqUsername, carrying.rabbitmqVhost],
        ["rabbitmq", queueName, username, vhost],
      );
      assert.equal(carrying.gatewayUrl, platform.gatewayUrl);
      assert.equal(carrying.internalToken, "of a Secret");
    },
  });
}
