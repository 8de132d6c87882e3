import { hidePassword } from "@asya/program";
import { findBroker } from "./find_broker.ts";
import { type MeshFile, parseMeshFile } from "../file/mesh_file.ts";
import { formatProblems } from "../file/yaml_reader.ts";
import { type BrokerPlan, RABBITMQ } from "../plan/plan_broker.ts";

/** A broker whose settings are right. */
export type Broker = Extract<BrokerPlan, { ok: true }>;

/** A mesh's file with the broker of its messages, or everything that is wrong with them. */
export type ReadMesh =
  | {
    readonly ok: true;
    readonly mesh: MeshFile;
    /** Not there where messages are kept in a file. */
    readonly broker: Broker | undefined;
  }
  | { readonly ok: false; readonly problem: string };

/** Where messages may be kept, by how `--transport` begins. */
const TRANSPORTS = ["sqlite:PATH", "amqp://…", "amqps://…", "rabbitmq"] as const;

/** What a mesh's file is called where nobody says another name. */
const USUAL_FILE = "mesh.yaml";

/**
 * Reads a mesh's file, and how its broker is reached.
 *
 * @param file where it is
 * @param transportUrl where messages are kept, instead of where the file says
 */
export async function readMesh(file: string, transportUrl?: string): Promise<ReadMesh> {
  const text = await readFile(file);
  if (typeof text !== "string") return { ok: false, problem: text.problem };
  if (transportUrl !== undefined && !/^(sqlite:.|amqps?:|rabbitmq$)/.test(transportUrl)) {
    const shown = JSON.stringify(hidePassword(transportUrl));
    return { ok: false, problem: `--transport is ${shown}; allowed: ${TRANSPORTS.join(", ")}` };
  }
  const parsed = parseMeshFile(text, transportUrl);
  const broker = await brokerOf(transportUrl ?? (parsed.ok ? parsed.mesh.transportUrl : ""));
  const problems = [
    ...parsed.ok ? [] : [formatProblems(file, parsed.problems)],
    ...broker?.ok === false ? describeProblems(broker.problems, file, transportUrl) : [],
  ];
  if (!parsed.ok || broker?.ok === false) return { ok: false, problem: problems.join("\n") };
  return { ok: true, mesh: parsed.mesh, broker };
}

/** The broker of a URL; nothing where messages are kept in a file. */
async function brokerOf(url: string): Promise<BrokerPlan | undefined> {
  return url === "" || url.startsWith("sqlite:") ? undefined : await findBroker(url);
}

/** The programs know a URL by the name of its variable, its user by where it was written. */
function describeProblems(
  problems: readonly string[],
  file: string,
  transportUrl: string | undefined,
): string[] {
  if (transportUrl === RABBITMQ) return [...problems];
  const where = transportUrl === undefined ? `transport.url of ${file}` : "--transport";
  return [`${where} stands for ASYA_RABBITMQ_URL, and cannot be used so:`, ...problems];
}

async function readFile(path: string): Promise<string | { readonly problem: string }> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      const hint = path === USUAL_FILE ? " in this folder; `asya init` makes one" : "";
      return { problem: `there is no file ${hidePassword(path)}${hint}` };
    }
    if (!(error instanceof Deno.errors.IsADirectory)) throw error;
    const inside = `${path.replace(/\/$/, "")}/${USUAL_FILE}`;
    return { problem: `${path} is a folder; a file is allowed, such as ${inside}` };
  }
}
