import assert from "node:assert/strict";
import type { Container } from "../actor/async_actor.ts";
import {
  actorOf,
  actorWithPod,
  containerOf,
  envOf,
  mountsOf,
  platform,
  templateOf,
} from "./testing/scene.ts";

Deno.test({
  name: "[I4] seconds, bytes and names become settings, the same for both programs",
  permissions: "none",
  fn: () => {
    const template = templateOf(actorOf({
      queueName: "ocr.large",
      timeout: { processing: 5_400, gracefulShutdown: 90 },
      socket: { path: "/run/ocr/s.sock", maxSize: "2048" },
    }));
    const both = {
      ASYA_SOCKET_PATH: "/run/ocr/s.sock",
      ASYA_RUNTIME_TIMEOUT: "1h30m",
      ASYA_MAX_FRAME_BYTES: "2048",
      ASYA_SHUTDOWN_GRACE: "85s",
    };
    const secret = undefined; // Its value is in a Secret.
    assert.deepEqual(envOf(containerOf(template, "sidecar")), {
      ASYA_QUEUE_NAME: "ocr.large",
      ASYA_ACTOR_NAME: "ocr",
      ASYA_RABBITMQ_HOST: "rabbitmq",
      ASYA_RABBITMQ_PORT: "5672",
      ASYA_RABBITMQ_USERNAME: "guest",
      ASYA_RABBITMQ_VHOST: "/",
      ASYA_RABBITMQ_PASSWORD: secret,
      ASYA_GATEWAY_URL: "http://asya-gateway.asya.svc:8080",
      ASYA_INTERNAL_TOKEN: secret,
      ASYA_METRICS_ADDR: ":8080",
      DENO_DIR: "/tmp/deno",
      ...both,
    });
    const env = envOf(containerOf(template, "handler"));
    assert.deepEqual(env, { ASYA_HANDLER: "./ocr.ts", ...both });
    assert.equal(template.spec.terminationGracePeriodSeconds, 90);
    assert.deepEqual(mountsOf(containerOf(template, "sidecar")), {
      "/tmp": "sidecar-tmp",
      "/run/ocr": "socket-dir",
    });
    assert.deepEqual(mountsOf(containerOf(template, "handler")), {
      "/tmp": "tmp",
      "/run/ocr": "socket-dir",
      "/opt/asya/runtime": "asya-runtime",
    });
  },
});

Deno.test({
  name: "[I4] terminal actors are told so on both sides",
  permissions: "none",
  fn: () => {
    for (const queueName of ["happy-end", "error-end"]) {
      const template = templateOf(actorOf({ queueName }));
      for (const name of ["sidecar", "handler"]) {
        assert.equal(envOf(containerOf(template, name)).ASYA_IS_TERMINAL, "true");
      }
    }
  },
});

Deno.test({
  name: "[I4] over TLS the sidecar has the broker's URL, and the file with who may vouch for it",
  permissions: "none",
  fn: () => {
    const tls = { enabled: true, caSecretRef: { name: "ca", key: "ca.crt" } };
    const transport = { type: "rabbitmq", rabbitmq: { host: "rabbitmq", port: 5671, tls } };
    const template = templateOf(actorOf({ transport }));
    const sidecar = containerOf(template, "sidecar");
    const env = envOf(sidecar);
    assert.equal(env.ASYA_RABBITMQ_URL, "amqps://rabbitmq:5671");
    assert.equal(env.ASYA_RABBITMQ_HOST, undefined);
    assert.equal(env.ASYA_RABBITMQ_CA_FILE, "/opt/asya/broker-ca/ca.pem");
    assert.equal(mountsOf(sidecar)["/opt/asya/broker-ca"], "asya-broker-ca");
    const items = [{ key: "ca.crt", path: "ca.pem" }];
    assert.deepEqual(template.spec.volumes?.find(({ name }) => name === "asya-broker-ca"), {
      name: "asya-broker-ca",
      secret: { secretName: "ca", items },
    });
  },
});

Deno.test({
  name: "[I4] no Service of the namespace becomes a setting, unless the user wants them",
  permissions: "none",
  fn: () => {
    const containers = [{ name: "handler" }];
    assert.equal(templateOf(actorWithPod({ containers })).spec.enableServiceLinks, false);
    const wanted = templateOf(actorWithPod({ containers, enableServiceLinks: true }));
    assert.equal(wanted.spec.enableServiceLinks, true);
  },
});

Deno.test({
  name: "[I7] pods are found by their labels, whatever else a template says",
  permissions: "none",
  fn: () => {
    const metadata = { labels: { app: "theirs", team: "ml" }, annotations: { note: "1" } };
    const template = { metadata, spec: { containers: [{ name: "handler" }] } };
    const made = templateOf(actorOf({ workload: { template } }));
    assert.deepEqual(made.metadata?.labels, {
      app: "ocr",
      "asya.io/asya": "ocr",
      "asya.io/workload": "Deployment",
      "asya.io/runtime": "0123456789ab",
      team: "ml",
    });
    assert.equal(made.metadata?.annotations?.note, "1");
  },
});

Deno.test({
  name: "[I2] a template's own grace counts, for the programs as well",
  permissions: "none",
  fn: () => {
    const pod = { containers: [{ name: "handler" }], terminationGracePeriodSeconds: 120 };
    const template = templateOf(actorWithPod(pod));
    assert.equal(template.spec.terminationGracePeriodSeconds, 120);
    assert.equal(envOf(containerOf(template, "sidecar")).ASYA_SHUTDOWN_GRACE, "115s");
    const patient = templateOf(actorWithPod({ ...pod, terminationGracePeriodSeconds: 1e6 }));
    assert.equal(envOf(containerOf(patient, "sidecar")).ASYA_SHUTDOWN_GRACE, "86400s");
    const hasty = templateOf(actorWithPod({ ...pod, terminationGracePeriodSeconds: 0 }));
    assert.equal(envOf(containerOf(hasty, "sidecar")).ASYA_SHUTDOWN_GRACE, "1s");
  },
});

Deno.test({
  name: "[I2] a volume of the user's at the socket's folder is the sidecar's too",
  permissions: "none",
  fn: () => {
    const mine = { name: "mine", mountPath: "/tmp/sockets/", subPath: "s" };
    const template = templateOf(actorWithPod({
      containers: [{ name: "handler", volumeMounts: [mine] }],
      volumes: [{ name: "mine", emptyDir: { medium: "Memory" } }, { name: "tmp", emptyDir: {} }],
    }));
    const [, seen] = containerOf(template, "sidecar").volumeMounts ?? [];
    assert.deepEqual(seen, mine);
    const paths = containerOf(template, "handler").volumeMounts?.map(({ mountPath }) => mountPath);
    assert.deepEqual(paths, ["/tmp/sockets/", "/tmp", "/opt/asya/runtime"]);
    assert.deepEqual(template.spec.volumes?.map(({ name }) => name), [
      ...["mine", "tmp"],
      ...["asya-runtime", "sidecar-tmp"],
    ]);
  },
});

Deno.test({
  name: "[I2] a socket in /tmp needs no other volume there, and the sidecar writes elsewhere",
  permissions: "none",
  fn: () => {
    const template = templateOf(actorOf({ socket: { path: "/tmp/app.sock" } }));
    const sidecar = containerOf(template, "sidecar");
    assert.deepEqual(mountsOf(sidecar), { "/var/tmp": "sidecar-tmp", "/tmp": "socket-dir" });
    assert.equal(envOf(sidecar).DENO_DIR, "/var/tmp/deno");
    assert.deepEqual(mountsOf(containerOf(template, "handler")), {
      "/tmp": "socket-dir",
      "/opt/asya/runtime": "asya-runtime",
    });
    assert(!template.spec.volumes?.some(({ name }) => name === "tmp"));
  },
});

Deno.test({
  name: "[I2] volumes of the user's with names of ours stay theirs",
  permissions: "none",
  fn: () => {
    const own = { name: "asya-runtime", configMap: { name: "theirs" } };
    const pod = { containers: [{ name: "handler" }], volumes: [own] };
    const asFiles = templateOf(actorWithPod(pod));
    assert.equal(mountsOf(containerOf(asFiles, "handler"))["/opt/asya/runtime"], "asya-runtime-2");
    const asBinary = templateOf(actorWithPod(pod, { runtime: { inject: "binary" } }));
    const mounts = mountsOf(containerOf(asBinary, "handler"));
    assert.equal(mounts["/opt/asya/bin"], "asya-runtime-2");
    assert.equal(mounts["/opt/asya/runtime"], "asya-runtime-2");
    const claims = templateOf(actorOf({
      workload: {
        type: "StatefulSet",
        template: { spec: { containers: [{ name: "handler" }] } },
        volumeClaimTemplates: [{ metadata: { name: "tmp" }, spec: {} }],
      },
    }));
    assert.equal(mountsOf(containerOf(claims, "handler"))["/tmp"], "tmp");
    assert(!claims.spec.volumes?.some(({ name }) => name === "tmp"));
  },
});

Deno.test({
  name: "[I2] what the user says of the sidecar counts: image, environment, where it serves",
  permissions: "none",
  fn: () => {
    const template = templateOf(actorOf({
      sidecar: {
        image: "mine:3",
        imagePullPolicy: "Always",
        resources: { limits: { memory: "64Mi" } },
        env: [{ name: "ASYA_METRICS_ADDR", value: ":9100" }, { name: "MORE", value: "1" }],
      },
    }));
    const { command, image, imagePullPolicy, resources, ports, ...sidecar } = containerOf(
      template,
      "sidecar",
    );
    assert.deepEqual({ command, image, imagePullPolicy, resources, ports }, {
      command: undefined,
      image: "mine:3",
      imagePullPolicy: "Always",
      resources: { limits: { memory: "64Mi" } },
      ports: [{ name: "asya-metrics", containerPort: 9100, protocol: "TCP" }],
    });
    assert.equal(envOf(sidecar).MORE, "1");
    const asImage = templateOf(actorOf(), { ...platform, sidecarRun: "image" });
    assert.equal(containerOf(asImage, "sidecar").command, undefined);
  },
});

Deno.test({
  name: "[I2] the sidecar's port is one that no container declares; probes need one they reach",
  permissions: "none",
  fn: () => {
    const ports = [{ containerPort: 8080 }, { containerPort: 8081, protocol: "UDP" }];
    const template = templateOf(actorWithPod({ containers: [{ name: "handler", ports }] }));
    const sidecar = containerOf(template, "sidecar");
    assert.equal(envOf(sidecar).ASYA_METRICS_ADDR, ":8082");
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      const { httpGet } = sidecar[probe] as { httpGet: { port: string } };
      assert.equal(httpGet.port, "asya-metrics");
    }
    const hidden = [
      { name: "ASYA_METRICS_ADDR", value: "127.0.0.1:1" },
      { name: "ASYA_METRICS_ADDR", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ];
    for (const variable of hidden) {
      const pod = templateOf(actorOf({ sidecar: { env: [variable] } }));
      const { ports, livenessProbe } = containerOf(pod, "sidecar");
      assert.deepEqual([ports, livenessProbe], [undefined, undefined]);
    }
  },
});

Deno.test({
  name: "[I2] the sidecar comes first, as a container or, where asked, as an init container",
  permissions: "none",
  fn: () => {
    const pod = { containers: [{ name: "handler" }], initContainers: [{ name: "prepare" }] };
    const names = (list: readonly Container[] = []) => list.map(({ name }) => name);
    const plain = templateOf(actorWithPod(pod)).spec;
    assert.deepEqual(names(plain.containers), ["sidecar", "handler"]);
    assert.deepEqual(names(plain.initContainers), ["prepare"]);
    const more = { sidecar: { native: true }, runtime: { inject: "binary" } };
    const native = templateOf(actorWithPod(pod, more));
    assert.deepEqual(names(native.spec.containers), ["handler"]);
    assert.deepEqual(names(native.spec.initContainers), ["sidecar", "asya-runtime", "prepare"]);
    assert.equal(containerOf(native, "sidecar").restartPolicy, "Always");
  },
});

Deno.test({
  name: "[I2] a ServiceAccount of the user's is left as it is",
  permissions: "none",
  fn: () => {
    const own = templateOf(actorOf()).spec;
    assert.deepEqual([own.serviceAccountName, own.automountServiceAccountToken], ["ocr", false]);
    for (const field of ["serviceAccountName", "serviceAccount"]) {
      const pod = { containers: [{ name: "handler" }], [field]: "theirs" };
      const { spec } = templateOf(actorWithPod(pod));
      assert.equal(spec[field], "theirs");
      assert.equal(spec.serviceAccountName, "theirs");
      assert.equal(spec.automountServiceAccountToken, undefined);
    }
  },
});

Deno.test({
  name: "[I4] pods are made anew when the token changes, and not when nothing does",
  permissions: "none",
  fn: () => {
    const of = (internalToken: string) =>
      templateOf(actorOf(), { ...platform, internalToken }).metadata?.annotations;
    assert.deepEqual(of("a"), of("a"));
    const { metadata, spec } = actorOf();
    const sibling = { spec, metadata: { ...metadata, uid: "u2" } };
    assert.notDeepEqual(
      templateOf(sibling).metadata?.annotations,
      templateOf(actorOf()).metadata?.annotations,
    );
    assert.notDeepEqual(of("a"), of("b"));
  },
});

Deno.test({
  name: "[I2] a field that is null says as little as one that is not there",
  permissions: "none",
  fn: () => {
    const containers = [{ name: "handler", securityContext: { runAsUser: null } }];
    const said = {
      terminationGracePeriodSeconds: null,
      serviceAccountName: null,
      serviceAccount: null,
      nodeSelector: null,
    };
    const securityContext = { runAsUser: null, runAsNonRoot: null };
    const plain = { containers: [{ name: "handler" }] };
    assert.deepEqual(
      templateOf(actorWithPod({ ...said, securityContext, containers })),
      templateOf(actorWithPod(plain)),
    );
  },
});
