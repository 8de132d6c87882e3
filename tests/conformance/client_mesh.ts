import { TestMesh } from "../kit/mod.ts";

const PARAMETERS = `
    parameters:
      name: { type: string, required: true }
      chunks: { type: integer, default: 0 }
      workMs: { type: integer, default: 0 }
      failure: { type: string }
    outputSchema:
      type: object
      properties: { greeting: { type: string } }
      required: [greeting]`;

const MESH = `
name: clients
actors:
  - { name: work, handler: ./work.ts#work, concurrency: 8 }
tools:
  - name: work
    description: Greets; answers at once with the job's id to those who do not watch${PARAMETERS}
    route: [work]
  - name: await_work
    description: Greets; answers with the greeting${PARAMETERS}
    route: [work]
    wait: always
  - name: break_word
    description: Promises a number, and greets
    route: [work]
    wait: always
    outputSchema: { type: object, properties: { count: { type: number } }, required: [count] }
`;

/** The tools of a mesh for clients, in the order in which they are listed. */
export const TOOL_NAMES: readonly string[] = ["work", "await_work", "break_word", "asya_job"];

/** Starts a mesh of real processes for official clients to call. */
export function startClientMesh(): Promise<TestMesh> {
  return TestMesh.start({ yaml: MESH, handlersIn: "tests/conformance/handlers" });
}
