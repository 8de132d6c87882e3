import type { Child } from "@hono/hono/jsx";
import type { Caller, Scope } from "../auth/access.ts";
import { assetUrl, type ScriptName } from "./assets.ts";
import type { Theme } from "./theme.ts";
import { visibleText } from "./visible_text.ts";

/** A place that the navigation leads to, and what it takes to be led there. */
interface Place {
  readonly name: string;
  readonly path: string;
  readonly needs: Scope;
}

/** The places of the navigation, in its order. */
export const PLACES = {
  overview: { name: "Overview", path: "/", needs: "jobs:admin" },
  jobs: { name: "Jobs", path: "/dashboard/jobs", needs: "jobs:read" },
  deadLetters: { name: "Dead letters", path: "/dashboard/dead-letters", needs: "jobs:admin" },
  tools: { name: "Tools", path: "/dashboard/tools", needs: "tools:call" },
} as const satisfies Readonly<Record<string, Place>>;

/** What a page is, apart from what all pages have. */
export interface Page {
  /** Heading of the browser's tab. */
  readonly title: string;
  /** Where in the navigation it is. */
  readonly at?: keyof typeof PLACES;
  /** The modules that it runs, besides the one of all pages. */
  readonly scripts?: readonly ScriptName[];
  /** What stands between header and footer. */
  readonly main: Child;
}

/** Who looks at a page, and how they want it. */
export interface Viewer {
  /** Absent where nobody is known yet. */
  readonly caller: Caller | undefined;
  readonly theme: Theme;
  /** The path that leads back to where they are. */
  readonly here: string;
}

/** The first place that a caller may go to, the overview at best. */
export function firstPlaceOf({ scopes }: Caller): string {
  const places: readonly Place[] = Object.values(PLACES);
  return (places.find(({ needs }) => scopes.has(needs)) ?? PLACES.jobs).path;
}

/**
 * A whole page: header, navigation, what it is about, footer.
 *
 * @param props the page, who looks at it, and the gateway's version
 */
export function PageFrame(
  props: Page & { readonly viewer: Viewer; readonly version: string; readonly servedAt: Date },
) {
  const { title, at, scripts = [], main, viewer, version, servedAt } = props;
  return (
    <html lang="en" data-theme={viewer.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={viewer.theme === "auto" ? "light dark" : viewer.theme} />
        <meta name="served-at" content={servedAt.toISOString()} />
        <title>{`${title} · Asya`}</title>
        <link rel="icon" href={assetUrl("icon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={assetUrl("style.css")} />
        {["every_page.js" as const, ...scripts].map(moduleOf)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <a class="brand" href="/">
            <img src={assetUrl("icon.svg")} alt="" width="20" height="20" />
            Asya
          </a>
          {viewer.caller && <Navigation caller={viewer.caller} at={at} />}
          {viewer.caller?.name !== undefined && <SignOut name={viewer.caller.name} />}
        </header>
        <main id="main" tabindex={-1}>{main}</main>
        <footer class="bottom">
          <span>Asya gateway {version}</span>
          <a href="/openapi.json">API</a>
          <ThemeSwitch theme={viewer.theme} here={viewer.here} />
        </footer>
      </body>
    </html>
  );
}

function Navigation({ caller, at }: { caller: Caller; at: Page["at"] }) {
  const places: readonly [string, Place][] = Object.entries(PLACES);
  const open = places.filter(([, { needs }]) => caller.scopes.has(needs));
  const linkOf = ([key, { name, path }]: [string, Place]) => (
    <a href={path} aria-current={key === at ? "page" : undefined}>{name}</a>
  );
  return <nav aria-label="Pages">{open.map(linkOf)}</nav>;
}

function SignOut({ name }: { name: string }) {
  return (
    <form class="who" method="post" action="/dashboard/sign-out">
      <span class="soft cut" title={visibleText(name)}>{visibleText(name)}</span>
      <button type="submit" class="quiet">Sign out</button>
    </form>
  );
}

function ThemeSwitch({ theme, here }: { theme: Theme; here: string }) {
  const buttonOf = (value: Theme, name: string) => (
    <button type="submit" name="theme" value={value} aria-pressed={theme === value}>{name}</button>
  );
  return (
    <form class="theme" method="post" action="/dashboard/theme" aria-label="Colours">
      <input type="hidden" name="to" value={here} />
      {buttonOf("auto", "Auto")}
      {buttonOf("light", "Light")}
      {buttonOf("dark", "Dark")}
    </form>
  );
}

function moduleOf(name: ScriptName) {
  return <script type="module" src={assetUrl(name)}></script>;
}
