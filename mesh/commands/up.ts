import type { LogLevel } from "@asya/program";
import type { Command } from "./arguments.ts";
import { describeMesh } from "../plan/describe_mesh.ts";
import { EXIT, withMesh } from "../run/run_mesh.ts";
import type { Screen } from "../screen.ts";
import type { EndSignals } from "../run/signals.ts";

/**
 * `asya up`: starts a mesh and keeps it until a signal.
 *
 * @param command which mesh
 * @param context the terminal, the signals, and how much is logged
 * @returns the exit code
 */
export async function up(
  command: Extract<Command, { kind: "up" }>,
  context: { screen: Screen; signals: EndSignals; logLevel: LogLevel },
): Promise<number> {
  const { screen } = context;
  const { json } = command;
  return await withMesh({
    ...command,
    ...context,
    log: (line) => screen.out(line),
    format: json ? "json" : "pretty",
    colour: screen.colourOut,
  }, async (mesh, signal) => {
    const isWhole = mesh.plan.processes.some(({ unit }) => unit === "gateway");
    for (const line of describeMesh(mesh, { json, isWhole })) screen.out(line);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!signal.aborted) await ended;
    return EXIT.ok;
  });
}
