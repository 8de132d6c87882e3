import type { BakedPermissions } from "@asya/program";
import { parseMeshFile, planMesh, planTracing, type ProcessPlan } from "../../mesh/mod.ts";
import { answersOk } from "./answers_ok.ts";
import { freePort } from "./free_port.ts";
import type { SeenQueue } from "./invariants.ts";
import { childrenOf, killPid } from "./look_at_process.ts";
import { poll } from "./poll.ts";
import { Queues } from "./queues.ts";
import type { TestVhost } from "./rabbitmq.ts";
import { RunningProcess } from "./running_process.ts";
import { pathOf, platformEnv } from "./start_program.ts";
import { makeTempFolder, type TempFolder } from "./temp_folder.ts";

/** Exit code of a program that refuses its settings. */
const WRONG_SETTINGS = 2;

/** One process of a test's mesh, started again at once whenever it dies. */
export class KeptProcess {
  readonly plan: ProcessPlan;
  /** Every process that was started for it, oldest first. */
  readonly lives: RunningProcess[] = [];
  readonly #extraEnv: Readonly<Record<string, string>>;
  #isStopping = false;
  #mayStart = Promise.withResolvers<void>();
  #keeping: Promise<void>;

  constructor(plan: ProcessPlan, extraEnv: Readonly<Record<string, string>>) {
    this.plan = plan;
    this.#extraEnv = extraEnv;
    this.#mayStart.resolve();
    this.#keeping = this.#keep();
  }

  /** The process that runs now, or ran last. */
  get now(): RunningProcess {
    return this.lives.at(-1)!;
  }

  /** Everything that all of its processes wrote. */
  get output(): string {
    return this.lives.map(({ output }) => output).join("\n");
  }

  /** Sees to it that no other one is started when it ends, until {@linkcode bringBack}. */
  keepAway(): void {
    this.#mayStart = Promise.withResolvers<void>();
  }

  /** Starts another one, where none runs any more. */
  bringBack(): void {
    this.#mayStart.resolve();
  }

  /** Ends it with SIGTERM, for good. */
  async stop(): Promise<Deno.CommandStatus> {
    this.#isStopping = true;
    this.bringBack();
    const status = await this.now.stop();
    await this.#end();
    return status;
  }

  /** Ends it and its children with SIGKILL, for good, as the end of a container does. */
  async kill(): Promise<void> {
    this.#isStopping = true;
    this.bringBack();
    const children = childrenOf(this.now.pid);
    this.now.signal("SIGKILL");
    for (const pid of children) killPid(pid);
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#keeping;
    await Promise.all(this.lives.map((life) => life.ended()));
  }

  async #keep(): Promise<void> {
    while (!this.#isStopping) {
      const { name, args, env, cwd } = this.plan;
      const options = { name, command: Deno.execPath(), args, env: { ...env, ...this.#extraEnv } };
      this.lives.push(new RunningProcess({ ...options, cwd }));
      // A child that outlives it may hold its output open, and is for the next one to end.
      const { code } = await this.now.exited;
      // Wrong settings stay wrong.
      if (code === WRONG_SETTINGS) return;
      await this.#mayStart.promise;
    }
  }
}

/** How to start a mesh for a test. */
export interface TestMeshOptions {
  /** The mesh's file. */
  readonly yaml: string;
  /** The folder in this repository in which its handlers are. */
  readonly handlersIn: string;
  /** Further variables, by the process' name, its program, or `*`. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Starts only these units (actors, or `gateway`). */
  readonly only?: readonly string[];
  /** A corner of a RabbitMQ for its messages; nothing said: where the file says. */
  readonly vhost?: Pick<TestVhost, "admin" | "name" | "url">;
  /** What its programs are told of OpenTelemetry, as who starts a mesh tells it. */
  readonly telemetry?: Readonly<Record<string, string>>;
  /** What leads to the bucket that the file names for results. */
  readonly bucketEnv?: Readonly<Record<string, string>>;
}

/**
 * A mesh of real processes, planned as the `asya` command plans it, kept running by the test so
 * that it can do with each process what it likes.
 */
export class TestMesh implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly gatewayUrl: string;
  readonly processes: ReadonlyMap<string, KeptProcess>;
  readonly queues: Queues;
  readonly queueNames: readonly string[];
  readonly resultsPath: string;
  readonly #vhost: TestMeshOptions["vhost"];

  private constructor(parts: {
    folder: TempFolder;
    gatewayUrl: string;
    processes: ReadonlyMap<string, KeptProcess>;
    queues: Queues;
    queueNames: readonly string[];
    resultsPath: string;
    vhost: TestMeshOptions["vhost"];
  }) {
    this.folder = parts.folder;
    this.gatewayUrl = parts.gatewayUrl;
    this.processes = parts.processes;
    this.queues = parts.queues;
    this.queueNames = parts.queueNames;
    this.resultsPath = parts.resultsPath;
    this.#vhost = parts.vhost;
  }

  /**
   * Starts a mesh and waits until each part says it is ready.
   *
   * @param options the mesh's file, and what stands beside it
   */
  static async start(options: TestMeshOptions): Promise<TestMesh> {
    const folder = await makeTempFolder();
    const parsed = parseMeshFile(options.yaml);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { vhost } = options;
    const mesh = vhost ? { ...parsed.mesh, transportUrl: vhost.url } : parsed.mesh;
    const plan = planMesh(mesh, {
      toolkit: { folder: pathOf("").replace(/\/$/, "") },
      folder: folder.path,
      socketFolder: folder.at("run"),
      gatewayPort: freePort(),
      ports: Array.from({ length: mesh.actors.length * 8 + 2 }, freePort),
      permissions: {
        gateway: await readPermissions("gateway"),
        sidecar: await readPermissions("sidecar"),
        runtime: await readPermissions("runtime"),
        actors: await readPermissions("actors"),
      },
      env: {
        ...platformEnv(),
        ...planTracing(options.telemetry ?? {}, { name: mesh.name, version: "1.2.3" }),
      },
      ...(options.bucketEnv && { bucketEnv: options.bucketEnv }),
      npmFolders: {},
      logLevel: "INFO",
    });
    for (const path of plan.folders) {
      await Deno.mkdir(path, { recursive: true });
    }
    for (const [path, text] of Object.entries(plan.files)) await Deno.writeTextFile(path, text);
    const queues = vhost ? Queues.openIn(vhost) : await Queues.open(folder.at(".asya/queues.db"));
    const ownActors = mesh.actors.filter(({ isJoin }) => !isJoin).map(({ name }) => name);
    const wanted = plan.processes
      .filter(({ unit }) => options.only?.includes(unit) ?? true)
      .map((process) =>
        process.program === "runtime" && ownActors.includes(process.unit)
          ? { ...process, cwd: pathOf(options.handlersIn) }
          : process
      );
    const processes = new Map(
      wanted.map((process) => {
        const { env = {} } = options;
        const extra = { ...env["*"], ...env[process.program], ...env[process.name] };
        return [process.name, new KeptProcess(process, extra)];
      }),
    );
    const started = new TestMesh({
      folder,
      gatewayUrl: plan.gatewayUrl,
      processes,
      queues,
      vhost,
      queueNames: [
        ...mesh.actors.map(({ name }) => name),
        "happy-end",
        "error-end",
        "dead-letter-queue",
      ],
      resultsPath: mesh.results.startsWith("/") ? mesh.results : folder.at(mesh.results),
    });
    try {
      await started.waitUntilReady();
      return started;
    } catch (error) {
      const output = [...processes.values()].map(({ output }) => output).join("\n");
      await started[Symbol.asyncDispose]();
      throw new Error(`${(error as Error).message}\n${output}`);
    }
  }

  /** The process of a name, such as `ocr.sidecar`. */
  process(name: string): KeptProcess {
    const process = this.processes.get(name);
    if (!process) throw new Error(`no process ${name}; ${[...this.processes.keys()].join(", ")}`);
    return process;
  }

  /** What each queue holds; on a RabbitMQ every queue of the vhost, those for delays included. */
  async contents(): Promise<SeenQueue[]> {
    if (this.#vhost) {
      const queues = await this.#vhost.admin.queues(this.#vhost.name);
      return queues.map(({ overdue, ...queue }) => ({ ...queue, delayed: overdue }));
    }
    return await Promise.all(
      this.queueNames.map(async (name) => ({ name, ...await this.queues.holds(name) })),
    );
  }

  /** Waits until each part that can say so is ready. */
  async waitUntilReady(timeoutMs = 30_000): Promise<void> {
    await Promise.all(
      [...this.processes.values()].map(async (process) => {
        const { name, readyUrl } = process.plan;
        if (readyUrl === undefined) return;
        await poll(`${name} to be ready`, () => {
          const refusing = this.#refusing();
          if (refusing) throw new Error(`${refusing.plan.name} refuses its settings`);
          return answersOk(readyUrl);
        }, { timeoutMs, everyMs: 50 });
      }),
    );
  }

  /** Ends every process as an orchestrator does: gateway, sidecars, runtimes. */
  async stop(): Promise<Map<string, Deno.CommandStatus>> {
    const statuses = new Map<string, Deno.CommandStatus>();
    for (const program of ["gateway", "sidecar", "runtime"]) {
      const stage = [...this.processes].filter(([, { plan }]) => plan.program === program);
      await Promise.all(stage.map(async ([name, process]) => {
        statuses.set(name, await process.stop());
      }));
    }
    return statuses;
  }

  #refusing(): KeptProcess | undefined {
    return [...this.processes.values()].find(({ now }) => now.status?.code === WRONG_SETTINGS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.processes.values()].map((process) => process.kill()));
    await this.queues[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

async function readPermissions(name: string): Promise<BakedPermissions> {
  return JSON.parse(await Deno.readTextFile(pathOf(`${name}/permissions.json`)));
}
