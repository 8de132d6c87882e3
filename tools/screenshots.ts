/**
 * Takes pictures of the dashboard's pages, light and dark, into `docs/screenshots/`: of the mesh of
 * `examples/documents`, started as anybody starts it, while it reads documents. Takes two minutes.
 *
 * @module
 */
import type { JsonObject } from "@asya/protocol";
import {
  findBrowser,
  freePort,
  GatewayClient,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  type TempFolder,
  type TestBrowser,
  type TestPage,
} from "../tests/kit/mod.ts";
import { listFiles } from "./list_files.ts";

const EXAMPLE = "examples/documents";

/** How long documents are read before the pictures are taken, so that there is something to see. */
const WORK_MS = 150_000;

/** Documents that are on their way at a time. */
const AT_A_TIME = 2;

/** Arguments for a document of these pages. */
function ofPages(...names: readonly string[]): JsonObject {
  return { pages: names.map((name) => `samples/${name}`) };
}

const CONTRACT = ofPages("contract-1.png", "contract-2.png", "contract-3.png");

/** What is read, again and again. */
const DOCUMENTS = [
  ...[ofPages("invoice.png"), ofPages("letter.png"), CONTRACT, ofPages("receipt.png")],
  ...[ofPages("form.png"), ofPages("noisy.jpg"), CONTRACT, ofPages("blank.png")],
];

/** What cannot be read, each in another way. */
const BROKEN = [
  ofPages("page-3-of-2.png"),
  { images: [btoa("this is no image")], document: "a text with the name of an image" },
  ofPages("invoice.png", "lost-page.png"),
  { pages: [], document: "an empty envelope" },
  { pages: ["../record.ts"], document: "not a page" },
];

type Page = TestPage["page"];

const VIEWPORT = { width: 1280, height: 800 };

/** Of what a picture of a text needs; WebP's own scale, to 100. */
const QUALITY = 82;

/** A copy of the example with its state, as a project of its own. */
async function copyExample(folder: TempFolder, port: number): Promise<void> {
  for (const path of await listFiles(new URL(`file://${pathOf(EXAMPLE)}/`))) {
    if (path.endsWith("_test.ts")) continue;
    await folder.write(path, "");
    await Deno.copyFile(`${pathOf(EXAMPLE)}/${path}`, folder.at(path));
  }
  const { imports } = JSON.parse(await Deno.readTextFile(pathOf("deno.json")));
  await folder.write("deno.json", JSON.stringify({ imports }));
  // With it no registry is asked for what is installed already.
  await Deno.copyFile(pathOf("deno.lock"), folder.at("deno.lock"));
  const yaml = await Deno.readTextFile(folder.at("mesh.yaml"));
  await folder.write("mesh.yaml", `${yaml}\nports: { gateway: ${port} }\n`);
}

async function readDocument(gateway: GatewayClient, args: JsonObject): Promise<string> {
  const id = await gateway.call("read_document", args);
  await poll(`the end of job ${id}`, async () => {
    return /Succeeded|Failed/.test((await gateway.job(id)).status);
  }, { timeoutMs: 120_000, everyMs: 100 });
  return id;
}

/** Reads documents until it is told to stop, and finishes those that it has begun. */
async function readOn(gateway: GatewayClient, from: number, signal: AbortSignal): Promise<void> {
  for (let next = from; !signal.aborted; next++) {
    await readDocument(gateway, DOCUMENTS[next % DOCUMENTS.length] ?? CONTRACT);
  }
}

/** What there is to see, by the name of its picture. */
async function findPaths(origin: string, contractId: string): Promise<Record<string, string>> {
  const response = await fetch(`${origin}/dead-letters?limit=1`);
  const { dead_letters: [letter] } = await response.json();
  return {
    "overview": "/",
    "jobs": "/dashboard/jobs",
    "job": `/dashboard/jobs/${contractId}`,
    "dead-letters": "/dashboard/dead-letters",
    "dead-letter": `/dashboard/dead-letters/${letter.id}`,
    "tools": "/dashboard/tools",
    "tool": "/dashboard/tools/read_document",
  };
}

async function savePicture(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const taken = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  const bytes = Uint8Array.fromBase64(taken.data);
  await Deno.writeFile(pathOf(`docs/screenshots/${name}.webp`), bytes);
  console.log(`docs/screenshots/${name}.webp: ${Math.ceil(bytes.length / 1_024)} KiB`);
}

/** Shows the folder of this run as one that somebody may have. */
async function nameFolder(page: Page, folder: string): Promise<void> {
  await page.evaluate(`{
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { currentNode: node } = walker;
      node.nodeValue = node.nodeValue.replaceAll(${JSON.stringify(folder)}, "/home/ada/documents");
    }
  }`);
}

async function fillForm(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Add to pages" }).click();
  await page.getByLabel("pages 1", { exact: true }).fill("samples/invoice.png");
  await page.getByRole("button", { name: "Show as commands" }).click();
}

async function takePictures(
  browser: TestBrowser,
  origin: string,
  folder: string,
  paths: Readonly<Record<string, string>>,
): Promise<void> {
  await Deno.mkdir(pathOf("docs/screenshots"), { recursive: true });
  for (const [name, path] of Object.entries(paths)) {
    await using seen = await browser.open({ origin, viewport: VIEWPORT });
    await seen.go(path);
    if (name === "tool") await fillForm(seen.page);
    for (const colorScheme of ["light", "dark"] as const) {
      await seen.lookWith({ colorScheme });
      await nameFolder(seen.page, folder);
      await savePicture(seen.page, `${name}-${colorScheme}`);
    }
  }
}

const browsers = await findBrowser();
if (browsers.isMissing) Deno.exit(1);
await using folder = await makeTempFolder();
const port = freePort();
const origin = `http://127.0.0.1:${port}`;
await copyExample(folder, port);
await using asya = new RunningProcess({
  name: "asya",
  command: pathOf("scripts/asya"),
  args: ["up", folder.at("mesh.yaml")],
  env: platformEnv(),
});
await poll("the mesh", async () => {
  if (asya.status) throw new Error(`it ended:\n${asya.output}`);
  const response = await fetch(`${origin}/readyz`).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok;
}, { timeoutMs: 60_000, everyMs: 200 });
const gateway = new GatewayClient(origin);
const contractId = await readDocument(gateway, CONTRACT);
for (const broken of BROKEN) await readDocument(gateway, broken);
const work = new AbortController();
const readers = Array.from({ length: AT_A_TIME }, (_, reader) => {
  return readOn(gateway, reader * 3, work.signal);
});
try {
  // Waits until the figures of some minutes tell of work.
  await new Promise((resolve) => setTimeout(resolve, WORK_MS));
  await using browser = await browsers.launch();
  await takePictures(browser, origin, folder.path, await findPaths(origin, contractId));
} finally {
  work.abort();
  await Promise.all(readers);
  await asya.stop(60_000);
}
