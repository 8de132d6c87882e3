/**
 * The pages of jobs in a real browser, with a gateway whose jobs do what the test says. A page fails
 * its test when it asks anything of another site, has an error on its console, or breaks its policy.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createTestGateway, type TestGateway } from "../../gateway/testing/test_gateway.ts";
import { findBrowser, PHONE, type TestBrowser } from "../kit/browser.ts";
import { freePort } from "../kit/free_port.ts";

const browsers = await findBrowser();

const TOOLS = `
tools:
  - { name: scan, inputSchema: { type: object, additionalProperties: true }, route: [a, b, c] }
`;

const HOSTILE =
  `"></textarea><script>document.title = "taken"</script><img src=/x onerror=alert(2)>`;

/** A gateway at an address of its own. */
interface Served extends AsyncDisposable {
  readonly bench: TestGateway;
  readonly url: string;
}

function serve(env: Record<string, string> = {}): Served {
  const bench = createTestGateway({ tools: TOOLS, env });
  const port = freePort();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen() {} },
    (request) => bench.gateway.fetch(request),
  );
  return {
    bench,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      bench.gateway.release();
      await server.shutdown();
      await bench.gateway.close();
    },
  };
}

function report(
  bench: TestGateway,
  id: string,
  stepIndex: number,
  more: object,
): Promise<Response> {
  const step = ["a", "b", "c"][stepIndex];
  const said = { step, step_index: stepIndex, total_steps: 3, actor_name: step, ...more };
  return bench.post(`/jobs/${id}/progress`, said);
}

/** Marks a page, so that a test can tell whether it was loaded again. */
async function mark(page: Page): Promise<void> {
  await page.evaluate("globalThis.wasNotLoadedAgain = true");
}

async function isMarked(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>("globalThis.wasNotLoadedAgain === true");
}

/** What has the focus, by its text or its id. */
async function focused(page: Page): Promise<string> {
  const script = "document.activeElement.id || document.activeElement.textContent.trim()";
  return await page.evaluate<string>(script);
}

/** Moves the focus on until something has it. */
async function tabTo(page: Page, what: string): Promise<void> {
  for (let count = 0; count < 40; count++) {
    if (await focused(page) === what) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`nothing named ${what} gets the focus`);
}

async function followToTheEnd({ bench, url }: Served, browser: TestBrowser): Promise<void> {
  const id = await bench.call("scan", { page: 7 });
  await using seen = await browser.open({ origin: url });
  const { page } = seen;
  await seen.go(`/dashboard/jobs/${id}`);
  await mark(page);
  await report(bench, id, 0, { status: "received" });
  await report(bench, id, 0, { status: "processing" });
  await page.locator(".step", { hasText: "working" }).waitFor();
  for (const [seq, partial] of ["one ", "two ", "<b>three</b>"].entries()) {
    await report(bench, id, 0, { status: "processing", partial, seq });
  }
  await page.locator("#streamed pre", { hasText: "one two <b>three</b>" }).waitFor();
  await bench.post(`/jobs/${id}/final`, {
    job_id: id,
    status: "succeeded",
    result: { answer: 42 },
  });
  await page.locator("h1", { hasText: "Succeeded" }).waitFor();
  await page.locator("#values", { hasText: "answer: 42" }).waitFor();
  assert.equal(await page.locator(".step", { hasText: "done" }).count(), 3);
  assert.equal(await page.getByText("Cancel…").count(), 0, "nothing is left to cancel");
  assert(await isMarked(page));
  const streams = seen.requested.filter((asked) => asked.includes("/stream"));
  assert.equal(streams.length, 1, "the stream is not asked for again");
}

async function cancelWithKeyboard({ bench, url }: Served, browser: TestBrowser): Promise<void> {
  const id = await bench.call("scan");
  await using seen = await browser.open({ origin: url });
  const { page } = seen;
  await seen.go(`/dashboard/jobs/${id}`);
  await tabTo(page, "Cancel…");
  await page.keyboard.press("Enter");
  await tabTo(page, "Cancel this job");
  await page.keyboard.press("Enter");
  await page.locator("h2", { hasText: "job cancelled" }).waitFor();
  assert.equal((await bench.store.read(id))?.job.status, "Failed");
}

async function replayWhileItRuns({ bench, url }: Served, browser: TestBrowser): Promise<void> {
  const id = await bench.call("scan", { page: 7, [HOSTILE]: HOSTILE });
  await using seen = await browser.open({ origin: url });
  const { page } = seen;
  await seen.go(`/dashboard/jobs/${id}`);
  await page.getByText("Replay from a step…").press("Enter");
  const payload = page.getByLabel("What that step gets, as JSON");
  assert.deepEqual(JSON.parse(await payload.inputValue()), { page: 7, [HOSTILE]: HOSTILE });
  await payload.fill('{"page": 8');
  await page.keyboard.press("End");
  await report(bench, id, 0, { status: "processing" });
  await page.locator(".step", { hasText: "working" }).waitFor();
  assert.equal(await payload.inputValue(), '{"page": 8', "what was typed stays");
  assert.equal(await focused(page), "replay-payload", "and so does the focus");
  await page.keyboard.type("}");
  await page.getByLabel("Step to begin with").selectOption("1");
  await page.locator("form", { has: payload }).getByRole("button").click();
  await page.waitForURL((now) => /\/dashboard\/jobs\//.test(now.href) && !now.href.includes(id));
  await page.getByText("page: 8").waitFor();
  assert.equal(
    await page.locator(".step").first().innerText().then((text) => /not taken/.test(text)),
    true,
  );
  await page.getByRole("link", { name: id }).click();
  await page.waitForURL(`**/dashboard/jobs/${id}`);
  assert.doesNotMatch(await page.title(), /taken/);
}

async function useWithoutScript({ bench, url }: Served, browser: TestBrowser): Promise<void> {
  const id = await bench.call("scan", { page: 7 });
  await report(bench, id, 0, { status: "processing", partial: "a chunk", seq: 0 });
  await using seen = await browser.open({ origin: url, hasScript: false });
  const { page } = seen;
  await seen.go("/dashboard/jobs?q=" + id.slice(0, 13));
  await page.getByRole("link", { name: "scan" }).click();
  await page.getByText("a chunk").waitFor();
  assert.equal(await page.getByText("Copy id").isVisible(), false, "it would do nothing");
  await page.getByText("Cancel…").click();
  await page.getByRole("button", { name: "Cancel this job" }).click();
  await page.locator("h2", { hasText: "job cancelled" }).waitFor();
  await page.getByText("Retry…").click();
  await page.getByRole("button", { name: "Make a new job" }).first().click();
  await page.locator("h1", { hasText: "Pending" }).waitFor();
  await page.getByRole("button", { name: "Dark" }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  await seen.go("/dashboard/jobs");
  await page.locator("html[data-theme=dark]").waitFor();
}

async function watchTheList({ bench, url }: Served, browser: TestBrowser): Promise<void> {
  const id = await bench.call("scan", { watched: true });
  await using seen = await browser.open({ origin: url, viewport: PHONE });
  const { page } = seen;
  await seen.go("/dashboard/jobs");
  await mark(page);
  const link = page.locator(`a[href="/dashboard/jobs/${id}"]`);
  await link.focus();
  const search = page.getByLabel("Search");
  await search.fill("not sent yet");
  await link.focus();
  const before = await page.evaluate<number>("scrollY");
  const other = await bench.call("scan");
  await bench.post(`/jobs/${id}/cancel`);
  await page.locator(`a[href="/dashboard/jobs/${other}"]`).waitFor();
  await page.locator("tr", { has: link }).getByText("Failed").waitFor();
  assert.equal(await page.evaluate("document.activeElement.href"), `${url}/dashboard/jobs/${id}`);
  assert.equal(await search.inputValue(), "not sent yet");
  assert(await page.evaluate<number>("scrollY") >= before);
  assert(await isMarked(page));
}

async function lookAtHundredsOfBranches({ bench, url }: Served, browser: TestBrowser) {
  const id = await bench.call("scan", { [HOSTILE]: HOSTILE.repeat(500) });
  await report(bench, id, 0, { status: "completed", duration_ms: 5 });
  for (let index = 0; index < 300; index++) {
    const branch = `/${index}:300:ab`;
    await report(bench, id, 1, { status: "received", branch, message: HOSTILE });
    await report(bench, id, 1, { status: "processing", branch });
    if (index % 2) await report(bench, id, 1, { status: "completed", branch, duration_ms: 9 });
  }
  await report(bench, id, 2, { status: "received", branch: "/1:300:ab/0:40:cd" });
  for (
    const look of [{ colorScheme: "light" }, { colorScheme: "dark", viewport: PHONE }] as const
  ) {
    await using seen = await browser.open({ origin: url, ...look });
    await seen.go(`/dashboard/jobs/${id}`);
    await seen.page.evaluate(
      "for (const one of document.querySelectorAll('details')) one.open = 1",
    );
    assert.deepEqual(await seen.findBarriers(), [], look.colorScheme);
    assert.equal(await seen.isTooWide(), false, look.colorScheme);
    assert.doesNotMatch(await seen.page.title(), /taken/);
  }
}

async function signInAndOut(browser: TestBrowser): Promise<void> {
  await using served = serve({
    ASYA_AUTH: "token",
    ASYA_API_TOKENS: "shop/jobs:read+tools:call=browser-secret",
  });
  await using seen = await browser.open({ origin: served.url });
  const { page } = seen;
  await seen.go("/dashboard/jobs?status=Failed");
  assert.deepEqual(await seen.findBarriers(), []);
  for (const token of ["wrong", "browser-secret"]) {
    await page.getByLabel("Token").fill(token);
    await page.keyboard.press("Enter");
    if (token === "wrong") await page.getByRole("alert").waitFor();
  }
  await page.getByText("No job is as you asked for").waitFor();
  assert.equal(page.url(), `${served.url}/dashboard/jobs?status=Failed`, "back where one was");
  assert.equal(await page.evaluate("document.cookie"), "", "no script reads it");
  assert.equal(await page.getByRole("link", { name: "Overview" }).count(), 0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  await seen.go("/dashboard/jobs");
  await page.getByLabel("Token").waitFor();
  assert(seen.requested.every((asked) => !asked.includes("secret")), "no address has a token");
  const refused = seen.problems.splice(0);
  assert(refused.every((problem) => problem.includes("401")), refused.join("\n"));
}

Deno.test({
  name: "[G17] [A10] the dashboard: jobs are followed, ended and replayed, in a browser",
  ignore: browsers.isMissing,
  fn: async (t) => {
    await using browser = await browsers.launch();
    await using served = serve();
    const steps = {
      "a job is followed to its end, without loading its page again": followToTheEnd,
      "a job is cancelled with the keyboard alone": cancelWithKeyboard,
      "what is typed stays while the page is refreshed, and becomes a new job": replayWhileItRuns,
      "everything works without any script": useWithoutScript,
      "the list is refreshed and disturbs nobody": watchTheList,
      "hundreds of branches stand in nobody's way": lookAtHundredsOfBranches,
    };
    for (const [name, step] of Object.entries(steps)) {
      await t.step(name, () => step(served, browser));
    }
    await t.step("who has to signs in, and out", () => signInAndOut(browser));
  },
});
