import { pathOf } from "../../kit/mod.ts";
import { type Manifest, readManifests } from "./manifest.ts";

/** The charts, by the program or programs that they run. */
export const CHARTS = ["actors", "gateway", "operator"] as const;

/** One of {@linkcode CHARTS}. */
export type Chart = typeof CHARTS[number];

/** A chart's objects for some values. */
export interface Rendering {
  readonly chart: Chart;
  /** What the values are for, in words. */
  readonly what: string;
  readonly manifests: readonly Manifest[];
}

/** How a command of helm ended. */
export interface HelmAnswer {
  readonly success: boolean;
  readonly output: string;
  readonly problem: string;
}

/** Where all releases of these tests are. */
export const NAMESPACE = "papers";

/**
 * The folder of a chart.
 *
 * @param chart which one
 */
export function folderOf(chart: Chart): string {
  return pathOf(`deploy/helm-charts/asya-${chart}`);
}

/**
 * Runs helm, without a cluster.
 *
 * @param helm the command
 * @param args its arguments
 */
export async function runHelm(helm: string, ...args: string[]): Promise<HelmAnswer> {
  const { success, stdout, stderr } = await new Deno.Command(helm, {
    args,
    env: { KUBECONFIG: "/dev/null" },
  }).output();
  const text = new TextDecoder();
  return { success, output: text.decode(stdout), problem: text.decode(stderr) };
}

/**
 * A chart's objects as helm renders them, hooks and tests included.
 *
 * @param helm the command
 * @param chart which one
 * @param options values, as helm's arguments
 * @throws Error with what helm said
 */
export async function renderChart(
  helm: string,
  chart: Chart,
  ...options: string[]
): Promise<Manifest[]> {
  const place = [`asya-${chart}`, folderOf(chart), "--namespace", NAMESPACE];
  const { success, output, problem } = await runHelm(helm, "template", ...place, ...options);
  if (!success) throw new Error(problem);
  return readManifests(output);
}

/** Files of values: those of a chart's own folder `ci`, and those of the examples. */
function valueFilesOf(chart: Chart): string[] {
  const list = (folder: string) =>
    [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  const examples = list(pathOf("examples")).filter((path) => path.includes("/deployment-"));
  const ofExamples = examples.flatMap(list).filter((path) => path.endsWith(`values-${chart}.yaml`));
  return [...list(`${folderOf(chart)}/ci`), ...ofExamples].sort();
}

/**
 * Renders every chart with its defaults and with each file of values that there is for it.
 *
 * @param helm the command
 */
export async function renderAll(helm: string): Promise<Rendering[]> {
  const renderings = await Promise.all(CHARTS.map(async (chart) => {
    const cases: [string, string[]][] = [
      [`${chart} by default`, []],
      ...valueFilesOf(chart).map((path): [string, string[]] => [
        `${chart} with ${path.slice(pathOf("").length)}`,
        ["--values", path],
      ]),
    ];
    return await Promise.all(cases.map(async ([what, options]) => ({
      chart,
      what,
      manifests: await renderChart(helm, chart, ...options),
    })));
  }));
  return renderings.flat();
}
