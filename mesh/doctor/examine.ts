import {
  type Environment,
  type LogLevel,
  parseSettings,
  permissionFlags,
  unknownSettings,
} from "@asya/program";
import { TERMINAL_QUEUES } from "@asya/protocol";
import {
  checkTransport,
  describeAddress,
  lookAtRabbitmq,
  openSqlite,
  rabbitmqAddress,
  type TransportConfig,
  transportSettings,
} from "@asya/transport";
import { stepsOfTools } from "../file/steps_of_tools.ts";
import { planCheck, planStoreCheck } from "../plan/plan_check.ts";
import { planProcess, type ProcessPlan } from "../plan/plan_process.ts";
import { explainFailure } from "../run/explain_failure.ts";
import { readGatewayNote } from "../run/gateway_note.ts";
import { type Prepared, prepareMesh } from "../run/prepare.ts";
import { readToolkit } from "../run/read_toolkit.ts";
import { askGateway } from "./ask_gateway.ts";
import { askManagement } from "./ask_management.ts";
import { type ConcernedQueue, factsOf, queuesOf, queuesOfSteps } from "./choose_queues.ts";
import { type Finding, finding, ok } from "./finding.ts";
import { judgeBroker } from "./judge_broker.ts";
import { judgeDatabase, judgeHandler, judgeResults, judgeSettings } from "./judge_child.ts";
import { judgeGateway } from "./judge_gateway.ts";
import { judgeMachine } from "./judge_machine.ts";
import { judgeQueue } from "./judge_queues.ts";
import { lookAtMachine } from "./look_at_machine.ts";
import { runChild } from "./run_child.ts";
import { type Check, sideBySide } from "./side_by_side.ts";

/** What is examined. */
export interface Subject {
  /** The mesh's file; without one it is what the environment says of a program. */
  readonly file?: string;
  readonly transportUrl?: string;
  readonly env: Environment;
  readonly gatewayUrl?: string;
  readonly token?: string;
  /** RabbitMQ's management interface, where it is not at the usual port. */
  readonly managementUrl?: string;
  /** Ours. */
  readonly version: string;
}

/** A mesh that can be started. */
type Mesh = Extract<Prepared, { ok: true }>;

const LOG_LEVEL: LogLevel = "WARN";

/**
 * Examines a mesh, or a program's environment. Nothing is declared, taken, stored or started that is
 * not gone when this returns.
 *
 * @param subject what is examined
 */
export async function examine(subject: Subject): Promise<Finding[]> {
  const folder = await Deno.makeTempDir({ prefix: "asya-doctor-" });
  try {
    const strangers = unknownSettings(subject.env).map((notice) =>
      finding("settings", "warning", notice, "it has no effect", "correct its name, or remove it")
    );
    const found = subject.file === undefined
      ? await examineEnvironment(subject, folder)
      : await examineMesh({ ...subject, file: subject.file }, folder);
    return [...strangers, ...found];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function examineMesh(
  subject: Subject & { readonly file: string },
  temporary: string,
): Promise<Finding[]> {
  const { file, transportUrl } = subject;
  const mesh = await prepareMesh({
    file,
    ...(transportUrl !== undefined && { transportUrl }),
    logLevel: LOG_LEVEL,
    socketsIn: temporary,
  });
  if (!mesh.ok) {
    const machine = judgeMachine(
      await lookAtMachine(temporary, undefined, AbortSignal.timeout(1_000)),
    );
    const problems = mesh.problem.split("\n").filter((line) => line.trim() !== "");
    return [
      ...problems.map((problem) =>
        finding("mesh file", "broken", problem, "the mesh cannot be started", `change ${file}`)
      ),
      ...machine,
    ];
  }
  const gatewayUrl = subject.gatewayUrl ?? await readGatewayNote(mesh.state);
  const isRunning = gatewayUrl !== undefined;
  const port = isRunning ? undefined : mesh.mesh.gatewayPort;
  const found = await sideBySide<Finding[]>([
    async (signal) => judgeMachine(await lookAtMachine(mesh.folder, port, signal)),
    ...brokerChecks(subject, mesh.broker?.config, queuesOf(mesh.mesh), isRunning),
    ...lettersCheck(mesh),
    gatewayCheck(subject, gatewayUrl, mesh.mesh.tools.map(({ name }) => name)),
    ...await programChecks(mesh, temporary),
  ], notChecked);
  return [ok("mesh file", `${file} is in order`), ...found.flat()];
}

/** What the programs of a mesh say of their settings, their handlers, their stores. */
async function programChecks(mesh: Mesh, temporary: string): Promise<Check<Finding[]>[]> {
  const { plan, folder } = mesh;
  const { toolkit } = await readToolkit();
  const tools = `${temporary}/tools.yaml`;
  await Deno.writeTextFile(tools, mesh.mesh.toolsText);
  const [toolsPath = ""] = Object.keys(plan.files);
  const firstOf = (unit: string, program: string) =>
    plan.processes.find((process) => process.unit === unit && process.program === program);
  const own = mesh.mesh.actors.filter(({ isJoin }) => !isJoin).map(({ name }) => name);
  const gateway = firstOf("gateway", "gateway");
  const happyEnd = firstOf("happy-end", "runtime");
  return [
    ...own.flatMap((name) => {
      const runtime = firstOf(name, "runtime");
      return runtime ? [handlerCheck(name, runtime, folder)] : [];
    }),
    ...gateway ? [settingsCheck(moveFile(gateway, toolsPath, tools))] : [],
    ...[...own, "happy-end"].flatMap((name) => {
      const sidecar = firstOf(name, "sidecar");
      return sidecar ? [settingsCheck(sidecar)] : [];
    }),
    ...gateway ? databaseChecks(gateway) : [],
    ...happyEnd ? [resultsCheck(happyEnd, toolkit)] : [],
  ];
}

/** What the environment says of programs, as in a container. */
async function examineEnvironment(subject: Subject, temporary: string): Promise<Finding[]> {
  const { env } = subject;
  const parsed = parseSettings(transportSettings, env);
  const config = parsed.ok && parsed.config.transport === "rabbitmq" ? parsed.config : undefined;
  const problems = parsed.ok ? checkTransport(parsed.config) : parsed.problems;
  const queue = env.ASYA_QUEUE_NAME;
  const steps = env.ASYA_CONFIG_PATH ? await readSteps(env.ASYA_CONFIG_PATH) : [];
  const queues = queuesOfSteps([...queue ? [queue] : [], ...steps]);
  const place = { ...await readToolkit(), logLevel: LOG_LEVEL };
  const settings = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      /^(ASYA|AWS)_/.test(name) && value !== undefined ? [[name, value]] : []
    ),
  );
  const plan = (program: "gateway" | "sidecar" | "runtime", env = settings) =>
    planProcess(place, { name: program, unit: program, program, cwd: Deno.cwd(), env });
  const actorsFlags = permissionFlags(place.permissions.actors, settings, Deno.cwd())
    .filter((flag) => flag.startsWith("--allow-"));
  const terminal = plan("runtime");
  const checkedHandler = { ...settings, ASYA_SOCKET_PATH: `${temporary}/app.sock` };
  const found = await sideBySide<Finding[]>([
    async (signal) => judgeMachine(await lookAtMachine(Deno.cwd(), undefined, signal)),
    ...problems.length > 0
      ? [
        () =>
          Promise.resolve(problems.map((problem) =>
            finding(
              "broker",
              "broken",
              problem,
              "no message can be sent or taken",
              "set it as allowed",
            )
          )),
      ]
      : brokerChecks(subject, config, queues, true),
    ...subject.gatewayUrl === undefined ? [] : [gatewayCheck(subject, subject.gatewayUrl, [])],
    ...queue ? [settingsCheck(plan("sidecar"))] : [],
    ...env.ASYA_HANDLER
      ? [handlerCheck("this runtime", plan("runtime", checkedHandler), Deno.cwd())]
      : [],
    ...env.ASYA_DATABASE_URL || env.ASYA_CONFIG_PATH
      ? [settingsCheck(plan("gateway")), ...databaseChecks(plan("gateway"))]
      : [],
    ...env.ASYA_S3_BUCKET || env.ASYA_RESULTS_DIR
      ? [resultsCheck({ ...terminal, args: [...terminal.args, ...actorsFlags] }, place.toolkit)]
      : [],
  ], notChecked);
  return found.flat();
}

/** A check that threw: what it was to find out is not known. */
function notChecked(error: unknown): Finding[] {
  const reason = error instanceof Error ? error.message : String(error);
  const why = "what could not be checked may be broken";
  return [finding("doctor", "unknown", reason, why, "mend that, and ask again")];
}

/** Dead letters of a mesh that keeps its queues in a file. */
function lettersCheck(mesh: Mesh): Check<Finding[]>[] {
  const path = mesh.plan.processes[0]?.env.ASYA_SQLITE_PATH;
  if (path === undefined) return [];
  return [async () => {
    // Opening what is not there would make it.
    if (!await isThere(path)) return [ok("queues", `${path} is made at the first start`)];
    const transport = await openSqlite({ path });
    try {
      const name = TERMINAL_QUEUES.deadLetter;
      const state = await transport.inspect(name);
      const answer = state && { ready: state.ready, consumers: 0 };
      const role = { kind: "dead_letters" } as const;
      return judgeQueue({
        ...{ name, role, answer, isRunning: false, isManaged: false, brokerVersion: "" },
      }).filter(({ level }) => level !== "ok").concat(ok("queues", `kept in ${path}`));
    } finally {
      await transport.close();
    }
  }];
}

function brokerChecks(
  subject: Subject,
  config: TransportConfig | undefined,
  queues: readonly ConcernedQueue[],
  isRunning: boolean,
): Check<Finding[]>[] {
  if (!config) return [];
  return [async (signal) => {
    const address = rabbitmqAddress(config);
    const exchange = config.rabbitmqExchange;
    const [look, management] = await Promise.all([
      lookAtRabbitmq(config, queues.map(({ name }) => name), signal),
      askManagement(address, exchange, subject.managementUrl, signal),
    ]);
    const facts = { name: describeAddress(address), exchange, look, management };
    return [
      ...judgeBroker(facts),
      ...factsOf(queues, facts, isRunning).flatMap(judgeQueue),
    ];
  }];
}

function gatewayCheck(
  { token, version }: Subject,
  url: string | undefined,
  ownTools: readonly string[],
): Check<Finding[]> {
  return async (signal) => {
    const answer = url === undefined ? {} : await askGateway(url, token, signal);
    const { clockSkewMs, ...facts } = answer;
    const machine = clockSkewMs === undefined ? [] : judgeMachine({
      denoVersion: Deno.version.deno,
      stateFolder: "",
      clockSkewMs,
    }).filter(({ check }) => check === "clock");
    return [
      ...judgeGateway({
        url: url ?? "",
        isExpected: url !== undefined,
        ownVersion: version,
        ownTools,
        ...facts,
      }),
      ...machine,
    ];
  };
}

function handlerCheck(actor: string, runtime: ProcessPlan, folder: string): Check<Finding[]> {
  return async (signal) => {
    const child = await runDeno(planCheck(runtime, ["check"]), signal);
    return judgeHandler(actor, child, explainFailure(child.err, folder));
  };
}

function settingsCheck(process: ProcessPlan): Check<Finding[]> {
  return async (signal) =>
    judgeSettings(process.name, await runDeno(planCheck(process, ["check"]), signal));
}

function databaseChecks(gateway: ProcessPlan): Check<Finding[]>[] {
  const url = gateway.env.ASYA_DATABASE_URL ?? "";
  if (!/^postgres(ql)?:/.test(url)) return [];
  return [
    async (signal) =>
      judgeDatabase(await runDeno(planCheck(gateway, ["migrate", "--status"]), signal)),
  ];
}

function resultsCheck(runtime: ProcessPlan, toolkit: string): Check<Finding[]> {
  return async (signal) => {
    const { ASYA_S3_BUCKET: bucket, ASYA_RESULTS_DIR: folder = "" } = runtime.env;
    if (!bucket && !await isThere(folder)) {
      return [ok("results", `${folder} is made at the first start`)];
    }
    const child = await runDeno(planStoreCheck(runtime, toolkit), signal);
    return judgeResults(bucket ? `the bucket ${bucket}` : folder, child);
  };
}

function runDeno(
  plan: {
    readonly args: readonly string[];
    readonly env: ProcessPlan["env"];
    readonly cwd: string;
  },
  signal: AbortSignal,
) {
  return runChild({ command: Deno.execPath(), ...plan }, signal);
}

function moveFile(process: ProcessPlan, from: string, to: string): ProcessPlan {
  const move = (text: string) => text.replaceAll(from, to);
  return {
    ...process,
    args: process.args.map(move),
    env: Object.fromEntries(Object.entries(process.env).map(([name, text]) => [name, move(text)])),
  };
}

/** The steps of the tools in a file, or in those of a folder; a path that leads nowhere has none. */
async function readSteps(path: string): Promise<string[]> {
  if (!await isThere(path)) return [];
  if (!(await Deno.stat(path)).isDirectory) return stepsOfTools(await Deno.readTextFile(path));
  const steps: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    if (!/\.ya?ml$/.test(name)) continue;
    steps.push(...stepsOfTools(await Deno.readTextFile(`${path}/${name}`)));
  }
  return steps;
}

/** Whether a path leads anywhere, if only to something that nobody may look at. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
