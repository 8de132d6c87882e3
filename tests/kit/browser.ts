import type { Browser } from "playwright-core";
import { announceMissing } from "./announce_missing.ts";
import { loadPlaywright } from "./browser/load_playwright.ts";
import { TestPage, type TestPageOptions } from "./browser/test_page.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { findServer, type ServerKind } from "./server_source.ts";
import { pathOf, platformEnv } from "./start_program.ts";

export {
  type AccessibilityProblem,
  DESKTOP,
  PHONE,
  TestPage,
  type TestPageOptions,
} from "./browser/test_page.ts";

/** The Chromium that tests of this run have, if any. */
export interface BrowserForTests {
  /** Whether there is none: then the tests that need one are skipped. */
  readonly isMissing: boolean;
  /** Starts one that nobody else uses. */
  launch(): Promise<TestBrowser>;
}

/** Names of the command, the most usual first. */
const COMMANDS = [
  ...["chromium", "chromium-browser", "google-chrome", "chrome", "chromium-headless-shell"],
];

/** Where one is unpacked that cannot be installed. */
const OWN_FOLDER = pathOf(".tools/chromium");

/** Chromium; another one than the path's can be given by its command. */
export const chromiumKind: ServerKind<string> = {
  name: "Chromium",
  givenBy: "ASYA_TEST_CHROMIUM",
  hasCompose: false,
  debianPackages: ["chromium-headless-shell"],
  async findInstalled(machine) {
    const folders = (machine.env("PATH") ?? "").split(":").filter((folder) => folder !== "");
    const paths = COMMANDS.flatMap((command) => folders.map((folder) => `${folder}/${command}`));
    for (const path of [...paths, `${OWN_FOLDER}/chromium`]) {
      // One that needs a package which is not there, as Ubuntu's does, does not tell its version.
      if (await machine.exists(path) && await machine.succeeds(path, ["--version"])) return path;
    }
    return undefined;
  },
};

/**
 * Looks for a Chromium for tests: `ASYA_TEST_CHROMIUM`, an installed one, or Debian's package, which
 * root may install and everybody else unpacks into this checkout. Call it once, at the top of a test
 * file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findBrowser(): Promise<BrowserForTests> {
  const source = await findServer(chromiumKind, thisMachine);
  switch (source.kind) {
    case "given":
      return { isMissing: false, launch: () => TestBrowser.launch(source.url) };
    case "installed":
      return { isMissing: false, launch: () => TestBrowser.launch(source.found) };
    case "compose":
      throw new TypeError("a browser does not come in a container");
    case "missing": {
      const unpacked = await unpackChromium(thisMachine);
      if (unpacked) return { isMissing: false, launch: () => TestBrowser.launch(unpacked) };
      announceMissing(chromiumKind, source.advice);
      return {
        isMissing: true,
        launch: () => Promise.reject(new Error("there is no Chromium here")),
      };
    }
  }
}

/** Unpacks Debian's package; gives the command, where that can be done. */
async function unpackChromium(machine: Machine): Promise<string | undefined> {
  if (!await machine.succeeds("dpkg-deb", ["--version"])) return undefined;
  machine.say("Chromium is being fetched and unpacked into .tools/chromium");
  await Deno.mkdir(pathOf(".tools"), { recursive: true });
  const script = pathOf("tests/kit/browser/unpack.sh");
  const isDone = await machine.succeeds("sh", [script, OWN_FOLDER]);
  return isDone ? await chromiumKind.findInstalled(machine) : undefined;
}

/**
 * A browser without a window and with a home of its own, that reaches nothing beyond loopback. It
 * ends with the process that started it, whatever becomes of that.
 */
export class TestBrowser implements AsyncDisposable {
  /** The folder that it has for itself. */
  readonly home: string;
  readonly #browser: Browser;

  private constructor(browser: Browser, home: string) {
    this.#browser = browser;
    this.home = home;
  }

  /**
   * Starts one.
   *
   * @param executablePath the program
   */
  static async launch(executablePath: string): Promise<TestBrowser> {
    const { chromium } = await loadPlaywright();
    const home = await Deno.makeTempDir({ prefix: "asya-browser-" });
    try {
      const browser = await chromium.launch({
        executablePath,
        // The sandbox of a browser that belongs to root does not start.
        chromiumSandbox: Deno.uid() !== 0,
        args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
        env: { PATH: platformEnv().PATH ?? "", HOME: home, LANG: "C.UTF-8" },
        handleSIGHUP: false,
        handleSIGINT: false,
        handleSIGTERM: false,
      });
      return new TestBrowser(browser, home);
    } catch (error) {
      await Deno.remove(home, { recursive: true });
      throw error;
    }
  }

  /**
   * Opens a page, with cookies and a memory of its own.
   *
   * @param options where its site is, and what it is looked at with
   */
  async open(options: TestPageOptions): Promise<TestPage> {
    return await TestPage.open(this.#browser, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await Deno.remove(this.home, { recursive: true });
  }
}
