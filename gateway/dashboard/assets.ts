import { hash } from "node:crypto";
import icon from "./assets/icon.svg" with { type: "text" };
import style from "./assets/style.css" with { type: "text" };
import chunkText from "./assets/chunk_text.js" with { type: "text" };
import everyPage from "./assets/every_page.js" with { type: "text" };
import visibleText from "./assets/visible_text.js" with { type: "text" };
import ago from "./assets/ago.js" with { type: "text" };
import job from "./assets/job.js" with { type: "text" };
import jobs from "./assets/jobs.js" with { type: "text" };
import live from "./assets/live.js" with { type: "text" };
import overview from "./assets/overview.js" with { type: "text" };
import deadLetters from "./assets/dead_letters.js" with { type: "text" };

/** A file that pages load. */
export interface Asset {
  readonly type: string;
  readonly text: string;
  /** Stands for the text in its URL, and as its entity tag. */
  readonly digest: string;
}

const SCRIPT = "text/javascript; charset=utf-8";

/** Every file that pages load, by its name. */
export const assets = {
  "icon.svg": createAsset("image/svg+xml", icon),
  "style.css": createAsset("text/css; charset=utf-8", style),
  "every_page.js": createAsset(SCRIPT, everyPage),
  "ago.js": createAsset(SCRIPT, ago),
  "chunk_text.js": createAsset(SCRIPT, chunkText),
  "visible_text.js": createAsset(SCRIPT, visibleText),
  "live.js": createAsset(SCRIPT, live),
  "job.js": createAsset(SCRIPT, job),
  "jobs.js": createAsset(SCRIPT, jobs),
  "overview.js": createAsset(SCRIPT, overview),
  "dead_letters.js": createAsset(SCRIPT, deadLetters),
} as const satisfies Readonly<Record<string, Asset>>;

/** The name of a file that pages load. */
export type AssetName = keyof typeof assets;

/** The name of a module that pages run. */
export type ScriptName = Extract<AssetName, `${string}.js`>;

/** Where files are; their names come behind it. */
export const ASSETS_PATH = "/dashboard/assets";

/** Finds a file by a name of any origin. */
export function findAsset(name: string): Asset | undefined {
  return Object.hasOwn(assets, name) ? assets[name as AssetName] : undefined;
}

/** The URL of a file as it is in this version: what it answers may be kept for ever. */
export function assetUrl(name: AssetName): string {
  return `${ASSETS_PATH}/${name}?v=${assets[name].digest}`;
}

function createAsset(type: string, text: string): Asset {
  return { type, text, digest: hash("sha256", text, "base64url").slice(0, 16) };
}
