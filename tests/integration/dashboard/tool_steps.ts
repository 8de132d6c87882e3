import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { TestBrowser, TestMesh } from "../../kit/mod.ts";
import { HOSTILE } from "./dashboard_mesh.ts";

/** Run in the page: the names of fields that are wrong, and what is told last of each. */
const NAMES_AND_PROBLEMS = `[...document.querySelectorAll("[aria-invalid=true]")].map((field) => {
  const ids = field.getAttribute("aria-describedby").split(" ");
  return [field.name, document.getElementById(ids.at(-1)).textContent];
})`;

/** Run in the page: what its forms are known by, once the browser shows it again. */
const KEYS_WHEN_SHOWN_AGAIN = `(() => {
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  return [...document.querySelectorAll("input[name=key]")].map(({ value }) => value);
})()`;

const JOB_PAGE = /\/dashboard\/jobs\/[0-9a-f-]{36}$/;

/** Calls a tool with the keyboard alone, and sees its result. */
export async function callWithKeyboard(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  await using seen = await browser.open({ origin: mesh.gatewayUrl });
  const { page } = seen;
  await seen.go("/dashboard/tools");
  const link = page.getByRole("link", { name: "read_page" });
  await pressUntil(page.keyboard, "Tab", () => hasFocus(link));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/dashboard\/tools\/read_page$/);
  const text = page.getByLabel("text");
  await pressUntil(page.keyboard, "Tab", () => hasFocus(text));
  await page.keyboard.type(`one two three ${HOSTILE}`);
  const add = page.getByRole("button", { name: "Add to tags" });
  await pressUntil(page.keyboard, "Tab", () => hasFocus(add));
  await page.keyboard.press("Enter");
  const tag = page.getByLabel("tags 1", { exact: true });
  await tag.waitFor();
  assert(await hasFocus(tag), "whoever adds an item goes on with it");
  await page.keyboard.type("a tag");
  const call = page.getByRole("button", { name: "Call", exact: true });
  await pressUntil(page.keyboard, "Tab", () => hasFocus(call));
  await page.keyboard.press("Enter");
  await page.waitForURL(JOB_PAGE);
  await page.getByText("Succeeded").first().waitFor();
  await page.getByText("verdict").first().waitFor();
}

/** Is told what is wrong beside the fields, in the gateway's words, and puts it right. */
export async function correctArguments(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  await using seen = await browser.open({ origin: mesh.gatewayUrl });
  const { page } = seen;
  await seen.go("/dashboard/tools/read_page");
  assert.deepEqual(await page.evaluate(KEYS_WHEN_SHOWN_AGAIN), ["", ""], "it is used anew");
  await page.getByLabel("count").fill("none");
  await page.getByLabel("temperature").fill("warm");
  await page.getByLabel("count").press("Enter");
  const wrong = page.locator("[aria-invalid=true]");
  await wrong.first().waitFor();
  forgetRefusal(seen.problems);
  const told = await page.evaluate(NAMES_AND_PROBLEMS);
  assert.deepEqual(told, [
    ["/text", 'argument "text" is missing'],
    ["/count", 'argument "count" is "none"; integer is allowed'],
    ["/opts/temperature", 'argument "opts.temperature" is "warm"; number is allowed'],
  ]);
  assert.deepEqual(await seen.findBarriers(), []);
  assert(await hasFocus(page.getByRole("alert")), "what is wrong is read out");
  await page.getByRole("link", { name: 'argument "text" is missing' }).click();
  await page.getByLabel("text").fill("short");
  await page.getByLabel("count").fill("2");
  await page.getByLabel("temperature").fill("0.5");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForURL(JOB_PAGE);
}

/** Calls a tool, shows the call as commands and writes it as JSON, without any script. */
export async function callWithoutScript(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  await using seen = await browser.open({ origin: mesh.gatewayUrl, hasScript: false });
  const { page } = seen;
  await seen.go("/dashboard/tools/read_page");
  await page.getByLabel("text").fill("it's one");
  await page.getByRole("button", { name: "Add to tags" }).click();
  await page.getByLabel("tags 1", { exact: true }).fill("first");
  await page.getByRole("button", { name: "Add to tags" }).click();
  await page.getByLabel("tags 2", { exact: true }).fill("second");
  await page.getByRole("button", { name: "Remove tags 1" }).click();
  assert.equal(await page.getByLabel("tags 1", { exact: true }).inputValue(), "second");
  await page.getByRole("button", { name: "Show as commands" }).click();
  const line = await page.getByRole("region", { name: "asya" }).innerText();
  assert.match(line, /--arg 'text=it'\\''s one'/);
  assert.match(line, /--arg 'tags=\["second"\]'/);
  await page.getByText("Write the arguments as JSON").click();
  await page.getByLabel("Arguments", { exact: true }).fill('{"text": "as JSON", "count": 3}');
  await page.getByRole("button", { name: "Call with this" }).click();
  await page.waitForURL(JOB_PAGE);
}

/** The browser tells on its console that a page was refused; that was meant to happen. */
export function forgetRefusal(problems: string[]): void {
  const at = problems.findIndex((problem) => /status of 4(00|01|04|09)/.test(problem));
  if (at >= 0) problems.splice(at, 1);
}

/** Whether an element has the focus. */
async function hasFocus(locator: Locator): Promise<boolean> {
  return await locator.and(locator.page().locator(":focus")).count() === 1;
}

/** Presses a key until something is so; no page has more stops than this. */
async function pressUntil(
  keyboard: { press(key: string): Promise<void> },
  key: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await isSo()) return;
    await keyboard.press(key);
  }
  throw new Error(`pressed ${key} 40 times in vain`);
}
