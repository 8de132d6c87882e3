import assert from "node:assert/strict";
import type { TestBrowser, TestMesh } from "../../kit/mod.ts";
import { makeDeadLetters, readPage } from "./dashboard_mesh.ts";

/** Sees figures change on an open page, without loading it again. */
export async function watchFigures(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  await using seen = await browser.open({ origin: mesh.gatewayUrl });
  const { page } = seen;
  await seen.go("/");
  await page.evaluate("globalThis.wasNotLoadedAgain = true");
  const rowOf = (name: string) => page.locator("#actors tr", { hasText: name });
  await readPage(mesh, "a page to be seen");
  await page.locator("#recent").getByText("Succeeded").first().waitFor();
  await rowOf("judge").getByRole("img", { name: /Messages of judge per second/ }).waitFor();
  await rowOf("nobody").getByText("no such queue").waitFor();
  const waited = (text: string) =>
    page.getByRole("img", { name: `Messages that waited for ${text}` });
  await waited("nobody, in 5 minutes: not known").waitFor();
  await page.getByRole("img", { name: /^Messages that waited for judge, .*: (none|\d)/ }).waitFor();
  for (const width of [720, 1_024]) {
    await seen.lookWith({ viewport: { width, height: 800 } });
    assert.equal(await seen.isTooWide(), false, `${width} pixels`);
  }
  const letters = page.locator(".tile", { hasText: "Dead letters" }).locator(".figure");
  const before = Number(await letters.innerText());
  await makeDeadLetters(mesh, ["watched"]);
  await letters.getByText(String(before + 1), { exact: true }).waitFor();
  await page.locator("#recent").getByText("Failed").first().waitFor();
  const line = page.locator(".tile", { hasText: "Jobs per second" }).locator("path.line").first();
  assert.match(await line.getAttribute("d") ?? "", /^M0 /);
  assert.equal(await page.evaluate("globalThis.wasNotLoadedAgain"), true);
}
