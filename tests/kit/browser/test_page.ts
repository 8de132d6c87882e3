import type { AxeResults, CheckResult } from "axe-core";
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";

/** What a page is looked at with. */
export interface TestPageOptions {
  /** The one site that its pages may ask anything of, such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly colorScheme?: "light" | "dark";
  /** In CSS pixels; a desktop's where nothing is said. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Whether scripts run; they do unless this is `false`. */
  readonly hasScript?: boolean;
}

/** What makes a page hard to use for some. */
export interface AccessibilityProblem {
  readonly rule: string;
  readonly impact: string;
  /** What is wrong, with the elements that it is wrong with. */
  readonly text: string;
}

/** The viewport of a phone. */
export const PHONE = { width: 360, height: 740 } as const;

/** The viewport of a desktop. */
export const DESKTOP = { width: 1280, height: 800 } as const;

/** Impacts that no page may have. */
const SEVERE = ["serious", "critical"];

/** How long an element may take to be there. */
const ACTION_LIMIT_MS = 20_000;

/**
 * A page that remembers what went wrong on it: errors on its console, which is also where a policy
 * tells what it has blocked, errors that no script caught, and requests to other sites. Disposing
 * fails when there was any.
 */
export class TestPage implements AsyncDisposable {
  /** Playwright's own page. */
  readonly page: Page;
  /** What went wrong so far, one sentence each; a test that means it to happen takes it away. */
  readonly problems: string[] = [];
  /** Every URL that was asked for. */
  readonly requested: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.#context = context;
    this.page = page;
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      this.problems.push(`on the console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => void this.problems.push(`not caught: ${error.message}`));
    page.on("request", (request) => {
      const url = request.url();
      this.requested.push(url);
      const isOwn = URL.parse(url)?.origin === origin || url.startsWith("data:");
      if (!isOwn) this.problems.push(`asked of another site: ${url}`);
    });
  }

  /**
   * Opens an empty page.
   *
   * @param browser where
   * @param options what it is looked at with
   */
  static async open(browser: Browser, options: TestPageOptions): Promise<TestPage> {
    const { origin, colorScheme = "light", viewport = DESKTOP, hasScript = true } = options;
    const context = await browser.newContext({
      acceptDownloads: false,
      baseURL: origin,
      colorScheme,
      javaScriptEnabled: hasScript,
      locale: "en-GB",
      reducedMotion: "reduce",
      serviceWorkers: "block",
      timezoneId: "UTC",
      viewport,
    });
    context.setDefaultTimeout(ACTION_LIMIT_MS);
    return new TestPage(context, await context.newPage(), origin);
  }

  /**
   * Goes to a path of the site.
   *
   * @param path begins with a slash
   * @returns the answer's status
   */
  async go(path: string): Promise<number> {
    const response = await this.page.goto(path, { waitUntil: "load" });
    return response?.status() ?? 0;
  }

  /**
   * Looks at the same page in another way, without loading it again.
   *
   * @param options what of {@linkcode TestPageOptions} is to be another
   */
  async lookWith(
    { colorScheme, viewport }: Pick<TestPageOptions, "colorScheme" | "viewport">,
  ): Promise<void> {
    if (colorScheme) await this.page.emulateMedia({ colorScheme });
    if (viewport) await this.page.setViewportSize(viewport);
  }

  /** What axe-core finds on the page as it is that is serious or critical. */
  async findBarriers(): Promise<AccessibilityProblem[]> {
    // Only tests of pages need it, and it is large.
    const { default: axe } = await import("axe-core");
    const isThere = await this.page.evaluate<boolean>("typeof axe === 'object'");
    if (!isThere) await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate<AxeResults>("axe.run()");
    return violations
      .filter(({ impact }) => SEVERE.includes(impact ?? ""))
      .map(({ id, impact, help, nodes }) => ({
        rule: id,
        impact: impact ?? "",
        text: `${help}: ${nodes.map(({ html, any }) => `${html} ${whyNot(any)}`).join("; ")}`,
      }));
  }

  /** Whether the page is wider than what it is looked at with, so that one has to scroll sideways. */
  async isTooWide(): Promise<boolean> {
    return await this.page.evaluate<boolean>(
      "document.documentElement.scrollWidth > document.documentElement.clientWidth",
    );
  }

  /** @throws AssertionError when something went wrong on the page */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    assert.deepEqual(this.problems, []);
  }
}

function whyNot(checks: readonly CheckResult[]): string {
  return checks.map(({ message }) => message).join(", ");
}
