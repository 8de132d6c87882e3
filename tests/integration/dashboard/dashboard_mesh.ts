import { GatewayClient, poll, type ShownJob, TestMesh } from "../../kit/mod.ts";

/** A text that a page must show as it is. */
export const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\u202e`;

/** The tool's form has one of each kind of field. */
const YAML = `
name: pages
actors:
  - { name: read, handler: ./pages.ts#read }
  - { name: judge, handler: ./pages.ts#judge }
  - { name: nobody, handler: ./pages.ts#read }
tools:
  - name: read_page
    description: ${JSON.stringify(`Reads a page. ${HOSTILE}`)}
    parameters:
      text: { type: string, required: true, description: What is on the page. }
      count: { type: integer, default: 1, minimum: 1 }
      mode: { type: string, options: [fast, good, ${JSON.stringify(HOSTILE)}], default: fast }
      exact: { type: boolean }
      tags: { type: array, items: { type: string } }
      opts: { type: object, properties: { temperature: { type: number, default: 0.7 } } }
    route: [read, judge]
    timeout: 60
  - name: never_read
    description: Its step's actor never starts.
    parameters: {}
    route: [nobody]
    timeout: 60
`;

/** A mesh of real processes for pages to show. */
export async function startDashboardMesh(): Promise<TestMesh> {
  return await TestMesh.start({
    yaml: YAML,
    handlersIn: "tests/integration/handlers",
    only: ["gateway", "read", "judge", "happy-end", "error-end"],
    env: { "error-end.runtime": { ASYA_ERROR_MAX_RETRIES: "0" } },
  });
}

/** Calls the reader of pages, and waits until its job has ended. */
export async function readPage(mesh: TestMesh, text: string): Promise<ShownJob> {
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const id = await gateway.call("read_page", { text });
  return await poll(`the end of job ${id}`, async () => {
    const job = await gateway.job(id);
    return /Succeeded|Failed/.test(job.status) && job;
  }, { timeoutMs: 30_000, everyMs: 50 });
}

/** Makes dead letters, one for each text, and waits until they are there. */
export async function makeDeadLetters(mesh: TestMesh, texts: readonly string[]): Promise<void> {
  const before = (await mesh.queues.holds("dead-letter-queue")).ready;
  for (const text of texts) await readPage(mesh, `unreadable ${text}`);
  await poll("the dead letters", async () => {
    const { ready } = await mesh.queues.holds("dead-letter-queue");
    return ready === before + texts.length;
  });
}
