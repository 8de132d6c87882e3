import { parseSettings, permissionFlags } from "@asya/program";
import { checkTransport, transportSettings } from "@asya/transport";
import { stepsOfTools } from "../file/steps_of_tools.ts";
import { planProcess } from "../plan/plan_process.ts";
import { readToolkit } from "../run/read_toolkit.ts";
import {
  brokerChecks,
  databaseChecks,
  gatewayCheck,
  handlerCheck,
  resultsCheck,
  settingsCheck,
} from "./checks.ts";
import { queuesOfSteps } from "./choose_queues.ts";
import { type Finding, finding, notChecked } from "./finding.ts";
import { isThere } from "./is_there.ts";
import { judgeMachine } from "./judge_machine.ts";
import { lookAtMachine } from "./look_at_machine.ts";
import { sideBySide } from "./side_by_side.ts";
import type { Subject } from "./subject.ts";

/** Said where neither a file nor the environment tells of a mesh. */
const NOTHING_TO_EXAMINE = finding(
  "mesh file",
  "warning",
  "there is no mesh.yaml in this folder, and no ASYA_ variable in the environment",
  "nothing but this machine was looked at",
  "call asya doctor where a mesh is, or name its file; asya init makes one",
);

/**
 * Examines what the environment says of programs, as in a container.
 *
 * @param subject the environment
 * @param temporary a folder for what the checks need
 */
export async function examineEnvironment(subject: Subject, temporary: string): Promise<Finding[]> {
  const { env } = subject;
  const parsed = parseSettings(transportSettings, env);
  const config = parsed.ok && parsed.config.transport === "rabbitmq" ? parsed.config : undefined;
  const problems = parsed.ok ? checkTransport(parsed.config) : parsed.problems;
  const queue = env.ASYA_QUEUE_NAME;
  const steps = env.ASYA_CONFIG_PATH ? await readSteps(env.ASYA_CONFIG_PATH) : [];
  const queues = queuesOfSteps([...queue ? [queue] : [], ...steps]);
  const place = { ...readToolkit(), logLevel: "WARN" };
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
  const isAsked = subject.gatewayUrl !== undefined ||
    Object.keys(settings).some((name) => name.startsWith("ASYA_"));
  return isAsked ? found.flat() : [NOTHING_TO_EXAMINE, ...found.flat()];
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
