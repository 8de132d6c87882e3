import assert from "node:assert/strict";
import { chromiumKind } from "./browser.ts";
import { helmKind } from "./helm.ts";
import type { Machine } from "./machine.ts";
import { rabbitmqKind } from "./rabbitmq/server_kind.ts";
import { findOwnServer, findServer, type ServerKind } from "./server_source.ts";
import { pathOf } from "./start_program.ts";

const pure = { permissions: "none" } as const;

/** A machine of which a test says everything, and which remembers what was asked of it. */
class ScriptedMachine implements Machine {
  readonly asked: string[] = [];
  readonly told: string[] = [];
  readonly #has: Set<string>;
  readonly #gains: readonly string[];
  readonly #url: string | undefined;

  /**
   * @param has commands that end well, files, and `root`
   * @param gains files that are there once a package is installed
   * @param url of a server that is given
   */
  constructor(has: readonly string[], gains: readonly string[] = [], url?: string) {
    this.#has = new Set(has);
    this.#gains = gains;
    this.#url = url;
  }

  env(name: string): string | undefined {
    if (name === "PATH") return "/usr/local/bin:/usr/bin";
    return name === "ASYA_TEST_TOY_URL" ? this.#url : undefined;
  }

  succeeds(command: string, args: readonly string[]): Promise<boolean> {
    const line = [command, ...args.filter((arg) => !/^-|^DPkg/.test(arg))].join(" ");
    this.asked.push(line);
    const isThere = this.#has.has(line);
    if (isThere && line.includes("install")) {
      for (const file of this.#gains) {
        this.#has.add(file);
      }
    }
    // After its first update it can install.
    if (line === "apt-get update") this.#has.add("apt-get install toy-server");
    return Promise.resolve(isThere);
  }

  exists(path: string): Promise<boolean> {
    return Promise.resolve(this.#has.has(path));
  }

  subfolders(path: string): Promise<string[]> {
    return Promise.resolve([...this.#has].filter((entry) => entry.startsWith(`${path}/`)));
  }

  isRootOnDebian(): Promise<boolean> {
    return Promise.resolve(this.#has.has("root"));
  }

  async withoutServices<T>(work: () => Promise<T>): Promise<T> {
    this.asked.push("no services");
    return await work();
  }

  say(line: string): void {
    this.told.push(line);
  }
}

const toy: ServerKind<string> = {
  name: "Toy",
  givenBy: "ASYA_TEST_TOY_URL",
  hasCompose: true,
  debianPackages: ["toy-server"],
  findInstalled: async (machine) => await machine.exists("/bin/toy") ? "/bin/toy" : undefined,
};

const engine = ["docker info", "docker compose version"];
const installed = { kind: "installed", found: "/bin/toy" };

Deno.test(
  "a server is the given one, an installed one, a container, or a package",
  pure,
  async (t) => {
    const everything = ["/bin/toy", ...engine, "root", "apt-get install toy-server"];
    const cases: readonly (readonly [string, ScriptedMachine, unknown])[] = [
      ["given", new ScriptedMachine(everything, [], "toy://x"), { kind: "given", url: "toy://x" }],
      ["installed", new ScriptedMachine(everything), installed],
      ["an engine", new ScriptedMachine(everything.slice(1)), { kind: "compose" }],
      ["a package", new ScriptedMachine(everything.slice(3), ["/bin/toy"]), installed],
    ];
    for (const [what, machine, source] of cases) {
      await t.step(what, async () => assert.deepEqual(await findServer(toy, machine), source));
    }
  },
);

Deno.test("an engine without compose is none, and nobody but root installs", pure, async () => {
  const machine = new ScriptedMachine(["docker info", "apt-get install toy-server"]);
  assert.deepEqual(await findServer(toy, machine), {
    kind: "missing",
    advice: "install Toy (Debian, Ubuntu: toy-server), " +
      "start a container engine with docker compose, or set ASYA_TEST_TOY_URL",
  });
  assert.deepEqual(machine.asked, ["docker info", "docker compose version"]);
});

Deno.test(
  "a package is installed without its service, with fresh lists where needed",
  pure,
  async () => {
    const machine = new ScriptedMachine(["root", "apt-get update"], ["/bin/toy"]);
    assert.deepEqual(await findServer(toy, machine), installed);
    assert.deepEqual(machine.asked.slice(-4), [
      "no services",
      "apt-get install toy-server",
      "apt-get update",
      "apt-get install toy-server",
    ]);
    assert.deepEqual(machine.told, ["Toy is being installed: apt-get install toy-server"]);
  },
);

Deno.test("beside a given server there may be one of our own, or not", pure, async () => {
  const given = "toy://x";
  assert.deepEqual(
    await findOwnServer(toy, new ScriptedMachine(["/bin/toy"], [], given)),
    installed,
  );
  assert.equal(await findOwnServer(toy, new ScriptedMachine([], [], given)), undefined);
});

Deno.test("RabbitMQ is found by its own script, where Erlang runs", pure, async () => {
  const folder = "/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8";
  const has = ["erl halt().", folder, `${folder}/sbin/rabbitmq-server`];
  assert.deepEqual(await findServer(rabbitmqKind, new ScriptedMachine(has)), {
    kind: "installed",
    found: `${folder}/sbin/rabbitmq-server`,
  });
  const withoutErlang = await findServer(rabbitmqKind, new ScriptedMachine(has.slice(1)));
  assert.equal(withoutErlang.kind, "missing");
});

Deno.test("Chromium is found on the path, under its most usual name", pure, async () => {
  const chrome = "/usr/local/bin/google-chrome";
  const chromium = "/usr/bin/chromium";
  const findIn = async (...has: string[]) =>
    await findServer(chromiumKind, new ScriptedMachine(has));
  assert.deepEqual(await findIn(chrome), { kind: "installed", found: chrome });
  assert.deepEqual(await findIn(chrome, chromium), { kind: "installed", found: chromium });
  assert.equal((await findIn("/opt/chromium", ...engine)).kind, "missing");
});

Deno.test(
  "helm is the path's where its version fits, else our own, which is installed",
  pure,
  async () => {
    const own = pathOf(".tools/helm-4.2.3/helm");
    const onPath = `sh helm version --template '{{.Version}}' | grep -q '^v4\\.'`;
    const findIn = async (...has: string[]) => await findServer(helmKind, new ScriptedMachine(has));
    assert.deepEqual(await findIn(onPath, own), { kind: "installed", found: "helm" });
    assert.deepEqual(await findIn(own), { kind: "installed", found: own });
    const installer = pathOf("scripts/install_helm.sh");
    assert.deepEqual(await findIn(installer), { kind: "installed", found: own });
    assert.equal((await findIn()).kind, "missing");
  },
);
