import {
  describeAddress,
  lookAtRabbitmq,
  openSqlite,
  rabbitmqAddress,
  type TransportConfig,
} from "@asya/transport";
import { hidePassword } from "@asya/program";
import { TERMINAL_QUEUES } from "@asya/protocol";
import { collectorOf } from "../plan/collector.ts";
import { planCheck, planSettingsCheck, planStoreCheck } from "../plan/plan_check.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import type { Toolkit } from "../plan/toolkit.ts";
import { explainFailure } from "../run/explain_failure.ts";
import { runChild } from "../run/run_child.ts";
import { askCollector } from "./ask_collector.ts";
import { askGateway } from "./ask_gateway.ts";
import { askManagement } from "./ask_management.ts";
import { type ConcernedQueue, factsOf } from "./choose_queues.ts";
import { type Finding, ok } from "./finding.ts";
import { isThere } from "./is_there.ts";
import { judgeBroker } from "./judge_broker.ts";
import { judgeDatabase, judgeHandler, judgeResults, judgeSettings } from "./judge_child.ts";
import { judgeCollector } from "./judge_collector.ts";
import { judgeGateway } from "./judge_gateway.ts";
import { judgeClock } from "./judge_machine.ts";
import { judgeQueue } from "./judge_queues.ts";
import type { Check } from "./side_by_side.ts";
import type { Subject } from "./subject.ts";

/**
 * Looks at a broker and its queues; at nothing where there is none.
 *
 * @param subject where its management interface is
 * @param config where it is
 * @param queues that matter
 * @param isRunning whether somebody is to take from them
 */
export function brokerChecks(
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

/** Looks whether dead letters wait in the file that has a mesh's queues. */
export function lettersCheck(path: string): Check<Finding[]> {
  return async () => {
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
  };
}

/**
 * Asks a gateway.
 *
 * @param subject who asks
 * @param url where it is; nothing where it does not run
 * @param ownTools names of the tools that it is to have
 */
export function gatewayCheck(
  { token, version }: Subject,
  url: string | undefined,
  ownTools: readonly string[],
): Check<Finding[]> {
  return async (signal) => {
    const answer = url === undefined ? {} : await askGateway(url, token, signal);
    const { clockSkewMs, ...facts } = answer;
    return [
      ...judgeGateway({
        url: hidePassword(url ?? ""),
        isExpected: url !== undefined,
        ownVersion: version,
        ownTools,
        ...facts,
      }),
      ...judgeClock(clockSkewMs),
    ];
  };
}

/** Has a runtime load its handler. */
export function handlerCheck(
  actor: string,
  runtime: ProcessPlan,
  folder: string,
): Check<Finding[]> {
  return async (signal) => {
    const child = await runDeno(planCheck(runtime, ["check"]), signal);
    return judgeHandler(actor, child, explainFailure(child.err, folder));
  };
}

/** Has a program look at its settings. */
export function settingsCheck(process: ProcessPlan): Check<Finding[]> {
  return async (signal) =>
    judgeSettings(process.name, await runDeno(planCheck(process, ["check"]), signal));
}

/** Has a join look at its settings; loading it would make the file that it remembers in. */
export function joinCheck(runtime: ProcessPlan, toolkit: Toolkit): Check<Finding[]> {
  return async (signal) => {
    const child = await runDeno(planSettingsCheck(runtime, toolkit), signal);
    // A program lists its problems with an indent, below what it says of them.
    return judgeSettings(runtime.name, { ...child, err: child.err.map((line) => `  ${line}`) });
  };
}

/** Has a gateway look at its database, where it has one with migrations. */
export function databaseChecks(gateway: ProcessPlan): Check<Finding[]>[] {
  const url = gateway.env.ASYA_DATABASE_URL ?? "";
  if (!/^postgres(ql)?:/.test(url)) return [];
  return [
    async (signal) =>
      judgeDatabase(await runDeno(planCheck(gateway, ["migrate", "--status"]), signal)),
  ];
}

/** Has an object written, and removed, where a terminal actor stores. */
export function resultsCheck(runtime: ProcessPlan, toolkit: Toolkit): Check<Finding[]> {
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

/** Looks whether somebody takes the traces of a mesh; at nothing where it makes none. */
export function collectorChecks({ env }: Pick<ProcessPlan, "env">): Check<Finding[]>[] {
  const collector = collectorOf(env);
  return collector
    ? [async (signal) => judgeCollector(collector, await askCollector(collector, signal))]
    : [];
}
