import { type Prepared, prepareMesh } from "../run/prepare.ts";
import { readGatewayNote } from "../run/gateway_note.ts";
import { readToolkit } from "../run/read_toolkit.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import {
  brokerChecks,
  collectorChecks,
  databaseChecks,
  gatewayCheck,
  handlerCheck,
  joinCheck,
  lettersCheck,
  resultsCheck,
  settingsCheck,
} from "./checks.ts";
import { queuesOf } from "./choose_queues.ts";
import { type Finding, finding, notChecked, ok } from "./finding.ts";
import { judgeMachine } from "./judge_machine.ts";
import { lookAtMachine } from "./look_at_machine.ts";
import { type Check, PATIENCE_MS, sideBySide } from "./side_by_side.ts";
import type { Subject } from "./subject.ts";

/** A mesh that can be started. */
type Mesh = Extract<Prepared, { ok: true }>;

/**
 * Examines a mesh, whether it runs or not.
 *
 * @param subject the mesh
 * @param temporary a folder for what the checks need
 */
export async function examineMesh(
  subject: Subject & { readonly file: string },
  temporary: string,
): Promise<Finding[]> {
  const { file, transportUrl } = subject;
  const mesh = await prepareMesh({
    file,
    ...(transportUrl !== undefined && { transportUrl }),
    logLevel: "WARN",
    socketsIn: temporary,
  });
  if (!mesh.ok) {
    const machine = judgeMachine(
      await lookAtMachine(folderOf(file), undefined, AbortSignal.timeout(PATIENCE_MS)),
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
  const queueFile = mesh.plan.processes[0]?.env.ASYA_SQLITE_PATH;
  const found = await sideBySide<Finding[]>([
    async (signal) => judgeMachine(await lookAtMachine(mesh.folder, port, signal)),
    ...brokerChecks(subject, mesh.broker?.config, queuesOf(mesh.mesh), isRunning),
    ...queueFile === undefined ? [] : [lettersCheck(queueFile)],
    gatewayCheck(subject, gatewayUrl, mesh.mesh.tools.map(({ name }) => name)),
    ...await programChecks(mesh, temporary),
  ], notChecked);
  return [ok("mesh file", `${file} is in order`), ...found.flat()];
}

/** The folder that a file is in, whether it is there or not. */
function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : Deno.cwd();
}

/** What the programs of a mesh say of their settings, their handlers, their stores. */
async function programChecks(mesh: Mesh, temporary: string): Promise<Check<Finding[]>[]> {
  const { plan, folder } = mesh;
  const { toolkit } = readToolkit();
  const tools = `${temporary}/tools.yaml`;
  await Deno.writeTextFile(tools, mesh.mesh.toolsText);
  const [toolsPath = ""] = Object.keys(plan.files);
  const firstOf = (unit: string, program: string) =>
    plan.processes.find((process) => process.unit === unit && process.program === program);
  const { actors } = mesh.mesh;
  const joins = actors.filter(({ isJoin }) => isJoin).map(({ name }) => name);
  const own = actors.filter(({ isJoin }) => !isJoin).map(({ name }) => name);
  const gateway = firstOf("gateway", "gateway");
  const happyEnd = firstOf("happy-end", "runtime");
  return [
    ...own.flatMap((name) => {
      const runtime = firstOf(name, "runtime");
      return runtime ? [handlerCheck(name, runtime, folder)] : [];
    }),
    ...gateway ? [settingsCheck(moveFile(gateway, toolsPath, tools))] : [],
    ...joins.flatMap((name) => {
      const runtime = firstOf(name, "runtime");
      return runtime ? [joinCheck(runtime, toolkit)] : [];
    }),
    ...[...own, ...joins, "happy-end"].flatMap((name) => {
      const sidecar = firstOf(name, "sidecar");
      return sidecar ? [settingsCheck(sidecar)] : [];
    }),
    ...gateway ? [...databaseChecks(gateway), ...collectorChecks(gateway)] : [],
    ...happyEnd ? [resultsCheck(happyEnd, toolkit)] : [],
  ];
}

/** The same process, told of a file at another path. */
function moveFile(process: ProcessPlan, from: string, to: string): ProcessPlan {
  const move = (text: string) => text.replaceAll(from, to);
  return {
    ...process,
    args: process.args.map(move),
    env: Object.fromEntries(Object.entries(process.env).map(([name, text]) => [name, move(text)])),
  };
}
