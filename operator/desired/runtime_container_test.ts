import assert from "node:assert/strict";
import {
  actorOf,
  actorWithPod,
  containerOf,
  envOf,
  mountsOf,
  templateOf,
  type Yaml,
} from "./testing/scene.ts";

const MAIN = "/opt/asya/runtime/main.js";

/** The containers that the runtime was put into. */
function injected(pod: ReturnType<typeof templateOf>): string[] {
  return pod.spec.containers.filter(({ command }) => command?.includes(MAIN)).map(({ name }) =>
    name
  );
}

interface Place {
  readonly pod: Yaml;
  readonly more?: Yaml;
  readonly annotation?: string;
  /** Who gets the runtime. */
  readonly expected: readonly string[];
  /** Who gets the socket. */
  readonly served: string;
}

const handler = { env: [{ name: "ASYA_HANDLER", value: "./x.ts" }] };

const places: Readonly<Record<string, Place>> = {
  "the only one": { pod: { containers: [{ name: "a" }] }, expected: ["a"], served: "a" },
  "the first of two": {
    pod: { containers: [{ name: "a" }, { name: "b" }] },
    expected: ["a"],
    served: "a",
  },
  "the first without a command": {
    pod: { containers: [{ name: "a", command: ["x"] }, { name: "b", command: [] }, { name: "c" }] },
    expected: ["b"],
    served: "b",
  },
  "none where all have a command": {
    pod: { containers: [{ name: "a", command: ["x"] }, { name: "b", command: ["y"] }] },
    expected: [],
    served: "a",
  },
  "the annotated one": {
    pod: { containers: [{ name: "a" }, { name: "b" }] },
    annotation: "b",
    expected: ["b"],
    served: "b",
  },
  "none where the annotated one has a command": {
    pod: { containers: [{ name: "a" }, { name: "b", command: ["y"] }] },
    annotation: "b",
    expected: [],
    served: "b",
  },
  "the one whose environment names a handler": {
    pod: { containers: [{ name: "a" }, { name: "b", ...handler }] },
    more: { handler: undefined },
    expected: ["b"],
    served: "b",
  },
  "none without a handler": {
    pod: { containers: [{ name: "a" }] },
    more: { handler: undefined },
    expected: [],
    served: "a",
  },
  "none where it is not wanted": {
    pod: { containers: [{ name: "a" }] },
    more: { runtime: { inject: "none" } },
    expected: [],
    served: "a",
  },
};

for (const [name, { pod, more, annotation, expected, served }] of Object.entries(places)) {
  Deno.test({
    name: `[I3] the runtime comes into one container at most: ${name}`,
    permissions: "none",
    fn: () => {
      const metadata = annotation && { annotations: { "asya.io/runtime-container": annotation } };
      const template = templateOf(
        actorOf({ workload: { template: { metadata, spec: pod } }, ...more }),
      );
      assert.deepEqual(injected(template), expected);
      for (const container of template.spec.containers) {
        const isOne = ["sidecar", served].includes(container.name);
        assert.equal(mountsOf(container)["/tmp/sockets"], isOne ? "socket-dir" : undefined);
        assert.equal(envOf(container).ASYA_SOCKET_PATH !== undefined, isOne);
      }
    },
  });
}

Deno.test({
  name:
    "[I3] the runtime gets its permissions, the handler what the actor says, and the user's more",
  permissions: "none",
  fn: () => {
    const actor = actorWithPod({ containers: [{ name: "a", args: ["--allow-ffi"] }] }, {
      permissions: { net: ["a:1", "b"], run: ["*"], read: [], write: ["/$(x)"] },
    });
    const { command, args } = containerOf(templateOf(actor), "a");
    assert.deepEqual(command, [
      ...["deno", "run", "--no-prompt", "--ignore-env", "--allow-env=ASYA_*", "--allow-read=/"],
      ...["--allow-run=deno,cat", MAIN, "--allow-net=a:1,b", "--allow-write=/$$(x)"],
      "--allow-run",
    ]);
    assert.deepEqual(args, ["--allow-ffi"]);
  },
});

Deno.test({
  name: "[I3] with its own Deno the runtime needs nothing of an image",
  permissions: "none",
  fn: () => {
    const resources = { limits: { cpu: "1" } };
    const template = templateOf(
      actorOf({ runtime: { inject: "binary", image: "mine:2" }, sidecar: { resources } }),
    );
    const installer = containerOf(template, "asya-runtime");
    assert.deepEqual([installer.image, installer.resources], ["mine:2", resources]);
    assert.deepEqual(installer.command?.slice(-3), [MAIN, "install", "/mnt/asya"]);
    assert.deepEqual(mountsOf(installer), { "/mnt/asya": "asya-runtime" });
    const container = containerOf(template, "handler");
    assert.equal(container.command?.[0], "/opt/asya/bin/deno");
    assert(container.command?.includes("--allow-run=/opt/asya/bin/deno,cat"));
    assert.deepEqual(container.volumeMounts?.slice(2), [
      { name: "asya-runtime", mountPath: "/opt/asya/bin", subPath: "bin", readOnly: true },
      { name: "asya-runtime", mountPath: "/opt/asya/runtime", subPath: "runtime", readOnly: true },
    ]);
    assert.equal(envOf(container).DENO_DIR, "/tmp/deno");
  },
});

Deno.test({
  name: "[I2] a volume that the user has where Deno would come is not written to",
  permissions: "none",
  fn: () => {
    const volumeMounts = [{ name: "mine", mountPath: "/opt/asya/bin" }];
    const template = templateOf(actorWithPod({
      containers: [{ name: "a", volumeMounts }],
      volumes: [{ name: "mine", emptyDir: {} }],
    }, { runtime: { inject: "binary" } }));
    assert.deepEqual(mountsOf(containerOf(template, "asya-runtime")), {
      "/mnt/asya": "asya-runtime",
    });
  },
});

Deno.test({
  name: "[I3] Deno's own cache stays an image's, unless the handler has to be fetched",
  permissions: "none",
  fn: () => {
    const denoDir = (handler: string, env: Yaml[] = []) => {
      const actor = actorWithPod({ containers: [{ name: "handler", env }] }, { handler });
      return envOf(containerOf(templateOf(actor), "handler")).DENO_DIR;
    };
    assert.equal(denoDir("./ocr.ts"), undefined);
    assert.equal(denoDir("npm:ocr@1#read"), "/tmp/deno");
    assert.equal(denoDir("npm:ocr@1", [{ name: "ASYA_HANDLER", value: "./ocr.ts" }]), undefined);
    assert.equal(denoDir("npm:ocr@1", [{ name: "DENO_DIR", value: "/cache" }]), "/cache");
  },
});
