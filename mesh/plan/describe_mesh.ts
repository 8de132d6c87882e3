import { hidePassword, jsonLogLine } from "@asya/program";
import type { MeshFile } from "../file/mesh_file.ts";
import { collectorOf, showCollector } from "./collector.ts";
import type { MeshPlan } from "./plan.ts";

/** A mesh that is up. */
export interface MeshUp {
  readonly mesh: MeshFile;
  readonly plan: MeshPlan;
  /** Milliseconds until all of it could work. */
  readonly tookMs: number;
}

/**
 * What a person wants to know of a mesh that is up: its address, its tools, and what to try.
 *
 * @param up the mesh
 * @param style one line of JSON, or a page; `isWhole` when its gateway runs here
 */
export function describeMesh(up: MeshUp, style: { json: boolean; isWhole: boolean }): string[] {
  const { mesh, plan, tookMs } = up;
  const { gatewayUrl } = plan;
  const collector = plan.processes.map(({ env }) => collectorOf(env)).find((found) => found);
  const traces = collector && showCollector(collector);
  if (style.json) {
    const fields = {
      process: "mesh",
      ms: tookMs,
      ...(style.isWhole && { url: gatewayUrl, mcp: `${gatewayUrl}/mcp` }),
      ...(traces !== undefined && { traces }),
      tools: mesh.tools.map((tool) => tool.name),
    };
    const message = "mesh is up";
    return [jsonLogLine({ time: new Date(), level: "INFO", program: "mesh", message, fields })];
  }
  const seconds = (tookMs / 1000).toFixed(1);
  const head = `${mesh.name} is up after ${seconds} s: ${plan.processes.length} processes.`;
  const shownTraces = traces === undefined ? [] : [`  traces      ${traces}`];
  if (!style.isWhole) return ["", `${head} Ctrl-C stops it.`, ...shownTraces, ""];
  const isOnBroker = !mesh.transportUrl.startsWith("sqlite:");
  const elsewhere = mesh.stepsElsewhere.join(", ");
  const width = Math.max(...mesh.tools.map((tool) => tool.name.length));
  const [first] = mesh.tools;
  const example = JSON.stringify({
    name: mesh.demo?.tool ?? first?.name,
    arguments: mesh.demo?.arguments ?? first?.example ?? {},
  });
  const auth = plan.processes.find(({ unit }) => unit === "gateway")?.env.ASYA_AUTH ?? "none";
  const header = auth === "none" ? "" : '"authorization: Bearer $ASYA_API_TOKEN"';
  const shown = header && ` -H ${header}`;
  return [
    "",
    `${head} Ctrl-C stops it.`,
    "",
    `  dashboard   ${gatewayUrl}/`,
    `  gateway     ${gatewayUrl}`,
    `  MCP         ${gatewayUrl}/mcp`,
    ...shownTraces,
    ...isOnBroker ? [`  messages    ${hidePassword(mesh.transportUrl)}`] : [],
    ...elsewhere
      ? [`  elsewhere   ${elsewhere}: no actors of this file, so somebody else on this broker's`]
      : [],
    ...auth === "none" ? [] : [`  callers     need a token (ASYA_AUTH=${auth}): ASYA_API_TOKEN`],
    "",
    ...mesh.tools.map((tool) => `  tool        ${tool.name.padEnd(width)}  ${tool.description}`),
    "",
    "Call a tool:",
    "",
    `  curl -s ${gatewayUrl}/tools/call -H 'content-type: application/json'${shown} \\`,
    `    -d '${example.replaceAll("'", "'\\''")}'`,
    "",
    "Connect an MCP client:",
    "",
    `  claude mcp add --transport http ${mesh.name} ${gatewayUrl}/mcp${
      header && ` --header ${header}`
    }`,
    `  npx @modelcontextprotocol/inspector --cli ${gatewayUrl}/mcp --transport http \\`,
    `    --method tools/list${header && ` --header ${header}`}`,
    "",
  ];
}
