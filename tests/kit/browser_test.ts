import assert from "node:assert/strict";
import { findBrowser, PHONE } from "./browser.ts";
import { freePort } from "./free_port.ts";

const browsers = await findBrowser();

const POLICY = "default-src 'none'; style-src 'self'; connect-src 'self'";

/** Pages of a site that are as bad as each is named. */
const PAGES: Readonly<Record<string, string>> = {
  "/good": "<h1>Good</h1><p>All is well.</p>",
  "/blocked": "<h1>Blocked</h1><script>document.title = 'ran'</script>",
  "/elsewhere": `<h1>Elsewhere</h1><img alt="far" src="http://far.example/a.png">`,
  "/barrier": `<h1>Barrier</h1><button></button><p style="color: #ddd">Hardly to be seen</p>`,
  "/wide": `<h1>Wide</h1><pre>${"wide ".repeat(200)}</pre>`,
};

/** Serves them on loopback. */
function servePages(): { origin: string; stop(): Promise<void> } {
  const port = freePort();
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    const body = PAGES[pathname];
    if (body === undefined) return new Response(null, { status: 204 });
    const policy = pathname === "/blocked" ? { "content-security-policy": POLICY } : undefined;
    return new Response(
      `<!doctype html><html lang="en"><title>${pathname}</title><link rel="icon" href="data:,">` +
        `<main>${body}</main></html>`,
      { headers: { "content-type": "text/html; charset=utf-8", ...policy } },
    );
  });
  return { origin: `http://127.0.0.1:${port}`, stop: () => server.shutdown() };
}

Deno.test({
  name: "a page of a test tells what goes wrong on it, and fails with it",
  ignore: browsers.isMissing,
  fn: async (t) => {
    const { origin, stop } = servePages();
    await using browser = await browsers.launch();
    await t.step("nothing goes wrong on a good page", async () => {
      await using good = await browser.open({ origin });
      assert.equal(await good.go("/good"), 200);
      assert.equal(await good.page.textContent("h1"), "Good");
      assert.deepEqual(await good.findBarriers(), []);
      assert.equal(await good.isTooWide(), false);
    });
    for (
      const [path, words] of [["/blocked", /policy/i], ["/elsewhere", /far\.example/]] as const
    ) {
      await t.step(`what goes wrong at ${path} fails the test`, async () => {
        const bad = await browser.open({ origin });
        await bad.go(path);
        assert.match(bad.problems.join("\n"), words);
        await assert.rejects(async () => await bad[Symbol.asyncDispose](), words);
      });
    }
    await t.step("what stands in somebody's way is found", async () => {
      await using bad = await browser.open({ origin, viewport: PHONE });
      await bad.go("/barrier");
      const rules = (await bad.findBarriers()).map(({ rule }) => rule).sort();
      assert.deepEqual(rules, ["button-name", "color-contrast"]);
      await bad.go("/wide");
      assert.equal(await bad.isTooWide(), true);
    });
    await stop();
  },
});

Deno.test({
  name: "a browser leaves nothing behind",
  ignore: browsers.isMissing,
  fn: async () => {
    const browser = await browsers.launch();
    const { home } = browser;
    assert((await Deno.stat(home)).isDirectory);
    await browser[Symbol.asyncDispose]();
    await assert.rejects(Deno.stat(home), Deno.errors.NotFound);
  },
});
