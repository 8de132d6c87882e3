import assert from "node:assert/strict";
import type { TestBrowser, TestMesh } from "../../kit/mod.ts";
import { HOSTILE, makeDeadLetters } from "./dashboard_mesh.ts";
import { forgetRefusal } from "./tool_steps.ts";

/** Looks at a dead letter, puts its payload right, replays it, and sees it gone from the list. */
export async function replayEdited(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  await makeDeadLetters(mesh, [HOSTILE]);
  await using seen = await browser.open({ origin: mesh.gatewayUrl });
  const { page } = seen;
  await seen.go("/dashboard/dead-letters");
  await page.getByRole("link", { name: "validation_error" }).press("Enter");
  await page.getByRole("heading", { name: "Replay" }).waitFor();
  const words = await page.locator("main").innerText();
  assert.match(words, /this page is <b>unreadable<\/b>/, "what is shown is shown as it is");
  assert.match(words, /judge\s*failed/);
  const payload = page.getByLabel("Payload");
  const held = JSON.parse(await payload.inputValue());
  assert.equal(held.text, `unreadable ${HOSTILE}`);
  await payload.fill("{");
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByRole("alert").waitFor();
  forgetRefusal(seen.problems);
  assert.match(await page.getByRole("alert").innerText(), /is not JSON/);
  assert.equal(await page.getByLabel("Payload").inputValue(), "{", "what was typed stays");
  await page.getByLabel("Payload").fill(JSON.stringify({ ...held, text: "good at last" }));
  await page.getByRole("button", { name: "Replay", exact: true }).press("Enter");
  await page.waitForURL(/\/dashboard\/jobs\//);
  await page.getByText("Succeeded").first().waitFor();
  await page.getByText("good at last").filter({ visible: true }).first().waitFor();
  await seen.go("/dashboard/dead-letters");
  assert.equal(await page.getByText("Nothing was given up.").count(), 1);
}

/** Purges several at once, asked first, and sees how far that is. */
export async function purgeSeveral(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  await makeDeadLetters(mesh, ["one", "two", "three"]);
  await using seen = await browser.open({ origin: mesh.gatewayUrl });
  const { page } = seen;
  await seen.go("/dashboard/dead-letters?q=two");
  assert.equal(await page.getByRole("checkbox").count(), 1, "the filter finds one");
  await page.getByRole("link", { name: "Clear" }).click();
  await page.getByRole("link", { name: "Select all" }).press("Enter");
  await page.getByRole("button", { name: "Purge selected…" }).press("Enter");
  await page.getByRole("heading", { name: "Purge 3 dead letters?" }).waitFor();
  await page.getByRole("button", { name: "Purge 3 dead letters" }).press("Enter");
  await page.getByText("3 of 3 purged").waitFor();
  await page.getByRole("link", { name: "Go on" }).press("Enter");
  await page.getByText("Nothing was given up.").waitFor();
}

/** Replays several at once with no script at all, and is told what became of each. */
export async function replayWithoutScript(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  await makeDeadLetters(mesh, ["four", "five"]);
  await using seen = await browser.open({ origin: mesh.gatewayUrl, hasScript: false });
  const { page } = seen;
  await seen.go("/dashboard/dead-letters");
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await page.getByRole("button", { name: "Replay selected" }).click();
  await page.getByRole("heading", { name: "2 of 2 replayed" }).waitFor();
  assert.equal(await page.getByRole("link", { name: /^Job .* was made/ }).count(), 2);
}
