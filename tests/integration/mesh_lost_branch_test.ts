/**
 * A branch that is given up while its job goes on without it, where people look for it: updates, the
 * job's page, the command; and the dead letter of a join that could not go on.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  GatewayClient,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  type ShownJob,
  TestMesh,
} from "../kit/mod.ts";

const PARAMETERS = "{ branches: { type: integer }, fails: { type: integer } }";

const MESH = `
name: lost
actors:
  - { name: split, handler: ./steps.ts#split }
  - { name: work, handler: ./join.ts#work, concurrency: 4 }
  - { name: gather, join: true }
tools:
  - name: most
    parameters: ${PARAMETERS}
    route: [split, work, { join: gather, quorum: 3, wait: all }]
  - { name: all, parameters: ${PARAMETERS}, route: [split, work, gather] }
`;

const REASON = "given up after 1 try: processing_error: it cannot be done; the join is told";

/** Waits for a job to end, and gives it. */
async function endOf(gateway: GatewayClient, id: string): Promise<ShownJob> {
  return await poll(`the end of job ${id}`, async () => {
    const job = await gateway.job(id);
    return /Succeeded|Failed/.test(job.status) && job;
  }, { timeoutMs: 30_000, everyMs: 50 });
}

/** What `asya jobs get` says of a job. */
async function jobsGet(mesh: TestMesh, id: string, ...options: string[]): Promise<string> {
  const process = new RunningProcess({
    name: "asya jobs get",
    command: pathOf("scripts/asya"),
    args: ["jobs", "get", id, "--url", mesh.gatewayUrl, ...options],
    env: { ...platformEnv(), TERM: "xterm" },
    cwd: mesh.folder.path,
  });
  const { code } = await process.ended();
  assert.equal(code, 0, process.output);
  return process.lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text)
    .join("\n");
}

/** A page's words, without what makes it one. */
async function wordsOf(mesh: TestMesh, path: string): Promise<string> {
  const response = await fetch(mesh.gatewayUrl + path);
  const html = await response.text();
  assert.equal(response.status, 200, html);
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("[J1] [J2] a branch that is given up before its join is seen to have failed", async (t) => {
  await using mesh = await TestMesh.start({ yaml: MESH, handlersIn: "tests/faults/handlers" });
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const id = await gateway.call("most", { branches: 4, fails: 1 });
  const job = await endOf(gateway, id);
  assert.equal(job.status, "Succeeded", JSON.stringify(job));

  await t.step("in the job's updates, once", async () => {
    const response = await fetch(`${mesh.gatewayUrl}/jobs/${id}/stream`);
    const told = [...(await response.text()).matchAll(/^data: (\{.*)$/gm)]
      .map(([, json = ""]) => JSON.parse(json))
      .filter((update) => update.branch_outcome !== undefined);
    const seen = told.map(({ step, step_index, step_status, branch_outcome, message, status }) => [
      ...[step, step_index, step_status, branch_outcome, message, status],
    ]);
    assert.deepEqual(seen, [["work", 1, "error", "failed", `error: ${REASON}`, "Running"]]);
    assert.match(told[0].branch, /^\/1:4:/);
  });

  await t.step("on its page", async () => {
    const words = await wordsOf(mesh, `/dashboard/jobs/${id}`);
    assert.match(words, /2 work ✕ failed 3 of 4/);
    assert.match(words, /3 gather ✓ done 3 of 3/);
    assert.match(words, /4 branches 3 done · 1 failed/);
    assert.ok(words.includes(`2 of 4 ✕ failed work error: ${REASON}`), words);
  });

  await t.step("by the command", async () => {
    const text = await jobsGet(mesh, id);
    assert.match(text, /^1 +work +failed .* 4, 1 failed$/m);
    assert.match(text, /^2 +gather +done .* 3$/m);
    assert.ok(text.includes(`branch 2 failed at work: error: ${REASON}`), text);
    const { step_history: [, work] } = JSON.parse(await jobsGet(mesh, id, "--json"));
    assert.deepEqual([work.state, work.branches, work.failed_branches.length], ["failed", 4, 1]);
  });

  await t.step(
    "[L2] [L3] and a join that fails leaves a letter that says what to replay",
    async () => {
      const id = await gateway.call("all", { branches: 4, fails: 1 });
      const job = await endOf(gateway, id);
      assert.deepEqual([job.status, job.error_details?.step], ["Failed", "gather"]);
      const letter = await poll("the letter of the join", async () => {
        const response = await fetch(`${mesh.gatewayUrl}/dead-letters?job=${id}&step=gather`);
        return (await response.json()).dead_letters[0];
      });
      assert.equal(letter.replayable, false, JSON.stringify(letter));
      assert.match(
        letter.why_not,
        new RegExp(`replay job "${id}" instead, from the step that fans`),
      );
      const replay = await fetch(`${mesh.gatewayUrl}/dead-letters/${letter.id}/replay`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      assert.deepEqual([replay.status, await replay.json()], [409, { error: letter.why_not }]);
      assert.match(await wordsOf(mesh, `/dashboard/jobs/${id}`), /3 gather ✕ failed/);
    },
  );
});
