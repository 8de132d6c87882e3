/**
 * Measures the toolkit on this machine: prints a table, and writes the figures as JSON into
 * `.asya/bench.json`. Arguments pick parts; without any, all of them are measured. Reports, which
 * print tables of their own, are made only when they are picked.
 *
 * @module
 */
import { printBrokerLimits } from "./broker_limits.ts";
import type { Figure } from "./figure.ts";
import { measureGateway, printCalls, printMemory } from "./gateway.ts";
import { formatTable } from "./format_table.ts";
import { measureFraming } from "./framing.ts";
import { measureHop } from "./hop.ts";
import { measureImports } from "./imports.ts";
import { measureLatency } from "./latency.ts";
import { measureRabbitmq } from "./rabbitmq.ts";
import { measureOperator } from "./operator.ts";
import { printScaling } from "./scaling.ts";
import { measureSocket } from "./socket.ts";
import { measureStartup } from "./startup.ts";
import { measureStreams, printStreams } from "./gateway/streams.ts";
import { measureTraces } from "./traces.ts";

const parts = {
  framing: measureFraming,
  socket: measureSocket,
  start: measureStartup,
  imports: measureImports,
  hop: measureHop,
  traces: measureTraces,
  latency: measureLatency,
  rabbitmq: measureRabbitmq,
  gateway: measureGateway,
  streams: measureStreams,
  operator: measureOperator,
} as const;

const reports = {
  scaling: printScaling,
  broker: printBrokerLimits,
  calls: printCalls,
  million: printMemory,
  watchers: printStreams,
} as const;

type Part = keyof typeof parts;

function isPart(name: string): name is Part {
  return Object.hasOwn(parts, name);
}

function isReport(name: string): name is keyof typeof reports {
  return Object.hasOwn(reports, name);
}

const unknown = Deno.args.filter((name) => !isPart(name) && !isReport(name));
if (unknown.length > 0) {
  const allowed = [...Object.keys(parts), ...Object.keys(reports)].join(", ");
  console.error(`no part is called ${unknown.join(", ")}; allowed: ${allowed}`);
  Deno.exit(2);
}
for (const report of Deno.args.filter(isReport)) {
  await reports[report]((doing) => console.error(`${report}: ${doing}`));
}
if (Deno.args.length > 0 && !Deno.args.some(isPart)) Deno.exit();
const picked = Deno.args.length > 0 ? Deno.args.filter(isPart) : Object.keys(parts).filter(isPart);
const figures: Figure[] = [];
for (const part of picked) {
  figures.push(...await parts[part]((doing) => console.error(`${part}: ${doing}`)));
}
const result = {
  at: new Date().toISOString(),
  deno: Deno.version.deno,
  cores: navigator.hardwareConcurrency,
  figures,
};
const path = new URL("../.asya/bench.json", import.meta.url).pathname;
await Deno.mkdir(new URL("../.asya/", import.meta.url), { recursive: true });
await Deno.writeTextFile(path, `${JSON.stringify(result, null, 2)}\n`);
console.log(formatTable(figures));
console.log(`\n${result.cores} cores, Deno ${result.deno}; also in ${path}`);
