/**
 * The dashboard in a real browser, with a whole mesh behind it. A page fails its test when it asks
 * anything of another site, has an error on its console, breaks its own policy, or stands in
 * somebody's way.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DESKTOP, findBrowser, PHONE, type TestBrowser, type TestMesh } from "../kit/mod.ts";
import {
  HOSTILE,
  makeDeadLetters,
  readPage,
  startDashboardMesh,
} from "./dashboard/dashboard_mesh.ts";
import { purgeSeveral, replayEdited, replayWithoutScript } from "./dashboard/letter_steps.ts";
import { watchFigures } from "./dashboard/overview_steps.ts";
import { signInAndCall } from "./dashboard/sign_in_steps.ts";
import { callWithKeyboard, callWithoutScript, correctArguments } from "./dashboard/tool_steps.ts";

const browsers = await findBrowser();

/** Looks at every page in each colour and at each width. */
async function lookForBarriers(mesh: TestMesh, browser: TestBrowser): Promise<void> {
  const { id } = await readPage(mesh, `looked at from everywhere ${HOSTILE}`);
  await makeDeadLetters(mesh, ["looked at"]);
  const paths = [
    ...["/", "/dashboard/jobs", `/dashboard/jobs/${id}`, "/dashboard/dead-letters"],
    await pathOfLetter(mesh),
    ...["/dashboard/tools", "/dashboard/tools/read_page", "/dashboard/sign-in"],
  ];
  await using seen = await browser.open({ origin: mesh.gatewayUrl });
  for (const path of paths) {
    assert.equal(await seen.go(path), 200, path);
    for (const [width, viewport] of [["desktop", DESKTOP], ["phone", PHONE]] as const) {
      for (const colorScheme of ["light", "dark"] as const) {
        await seen.lookWith({ colorScheme, viewport });
        assert.deepEqual(await seen.findBarriers(), [], `${path}, ${colorScheme}, ${width}`);
      }
      assert.equal(await seen.isTooWide(), false, `${path}, ${width}`);
    }
  }
}

async function pathOfLetter(mesh: TestMesh): Promise<string> {
  const response = await fetch(`${mesh.gatewayUrl}/dead-letters?limit=1`);
  const { dead_letters: [letter] } = await response.json();
  return `/dashboard/dead-letters/${letter.id}`;
}

Deno.test({
  name: "[B1] [B2] [B3] [B4] [B5] the dashboard: every page and every flow, in a browser",
  ignore: browsers.isMissing,
  fn: async (t) => {
    await using mesh = await startDashboardMesh();
    await using browser = await browsers.launch();
    const steps = {
      "a tool is called with the keyboard alone": callWithKeyboard,
      "wrong arguments are told beside their fields": correctArguments,
      "a tool is called without any script": callWithoutScript,
      "a dead letter is put right, replayed, and gone": replayEdited,
      "dead letters are purged together": purgeSeveral,
      "dead letters are replayed together without any script": replayWithoutScript,
      "figures change while they are looked at": watchFigures,
      "who has signed in calls a tool, and sees the overview change": signInAndCall,
      "no page stands in anybody's way": lookForBarriers,
    };
    for (const [name, step] of Object.entries(steps)) {
      await t.step(name, () => step(mesh, browser));
    }
  },
});
