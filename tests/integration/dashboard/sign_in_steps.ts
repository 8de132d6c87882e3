import assert from "node:assert/strict";
import { freePort, startProgram, type TestBrowser, type TestMesh } from "../../kit/mod.ts";
import { forgetRefusal } from "./tool_steps.ts";

const TOKEN = "a-token-that-no-page-shows";

/** Signs in to a gateway that asks for tokens, calls a tool, and sees the overview change. */
export async function signInAndCall(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  const port = freePort();
  const origin = `http://127.0.0.1:${port}`;
  await using gateway = await startProgram("gateway", {
    env: {
      ASYA_GATEWAY_PORT: String(port),
      ASYA_TRANSPORT: "memory",
      ASYA_SQLITE_PATH: mesh.folder.at("not-used.db"),
      ASYA_AUTH: "token",
      ASYA_API_TOKENS: `ada/jobs:read+tools:call+jobs:admin=${TOKEN}`,
    },
  });
  await gateway.waitForLine("listening");
  await using seen = await browser.open({ origin });
  const { page } = seen;
  assert.equal(await seen.go("/dashboard/tools"), 401);
  forgetRefusal(seen.problems);
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByLabel("Token").press("Enter");
  await page.getByRole("link", { name: "echo" }).click();
  await page.getByLabel("message").fill("said to myself");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForURL(/\/dashboard\/jobs\/[0-9a-f-]{36}$/);
  await page.getByText("Succeeded").first().waitFor();
  assert(!(await page.content()).includes(TOKEN));
  await page.getByRole("link", { name: "Overview" }).click();
  const rows = page.locator("#recent tbody tr");
  await rows.first().waitFor();
  const authorization = `Bearer ${TOKEN}`;
  const headers = { authorization, "content-type": "application/json" };
  const body = JSON.stringify({ name: "echo", arguments: { message: "from elsewhere" } });
  await (await fetch(`${origin}/tools/call`, { method: "POST", headers, body })).body?.cancel();
  await rows.nth(1).waitFor();
}
