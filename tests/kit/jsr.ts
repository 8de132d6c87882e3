import assert from "node:assert/strict";
import { freePort } from "./free_port.ts";
import { linkNpmCache } from "./jsr/npm_cache.ts";
import {
  packageMeta,
  type PublishedPackage,
  readPackage,
  versionMeta,
} from "./jsr/published_package.ts";

export type { PublishedPackage } from "./jsr/published_package.ts";

const root = new URL("../../", import.meta.url);

/** What published code says where it imports a package from npm. */
const NPM_SPECIFIER = /"npm:\/?((?:@[\w.-]+\/)?[\w.-]+)@[^"]*"/g;

/** The API's path of one version of a package. */
const VERSION_API = /^\/api\/scopes\/([\w-]+)\/packages\/([\w-]+)\/versions\/([\w.+-]+)$/;

const PACKAGE_API = /^\/api\/scopes\/[\w-]+\/packages\/[\w-]+$/;

/** What a package's files are served from; the layout is that of jsr.io. */
const MODULE = /^\/(@[\w-]+\/[\w-]+)\/([^/]+)\/(.+)$/;

const TYPES: Readonly<Record<string, string>> = {
  ts: "text/typescript",
  tsx: "text/tsx",
  js: "text/javascript",
  json: "application/json",
};

/**
 * A registry on loopback that takes what `deno publish` sends and gives it to `deno run`, as jsr.io
 * does: what a test gets from it went through the whole of publishing.
 */
export class JsrRegistry implements AsyncDisposable {
  /** As `http://host:port/`; `JSR_URL` names it. */
  readonly url: string;
  /** What was published, by name. */
  readonly packages = new Map<string, PublishedPackage>();
  /** Modules that were asked for, as `@scope/name/path`. */
  readonly served: string[] = [];
  readonly #server: Deno.HttpServer;

  constructor() {
    const port = freePort();
    this.url = `http://127.0.0.1:${port}/`;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /**
   * What a process needs to live from this registry alone: a cache of its own with the packages from
   * npm that the published ones name, and nobody's settings.
   *
   * @param folder for all that Deno keeps
   */
  async env(folder: string): Promise<Record<string, string>> {
    const names = new Set<string>();
    for (const { files } of this.packages.values()) {
      for (const content of files.values()) {
        const text = new TextDecoder().decode(content);
        for (const [, name = ""] of text.matchAll(NPM_SPECIFIER)) names.add(name);
      }
    }
    const { code, stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] })
      .output();
    assert.equal(code, 0);
    const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
    const lock = await Deno.readTextFile(new URL("deno.lock", root));
    await linkNpmCache(names, lock, denoDir, `${folder}/deno`, this.url);
    return {
      PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:/usr/bin:/bin`,
      HOME: folder,
      DENO_DIR: `${folder}/deno`,
      JSR_URL: this.url,
      NPM_CONFIG_REGISTRY: this.url,
      NO_COLOR: "1",
      // Who needs more than this registry and the cache is told so at once.
      HTTPS_PROXY: this.url,
      NO_PROXY: "127.0.0.1",
    };
  }

  /**
   * Publishes every member of this repository here. Types are not checked: the gate does that.
   *
   * @throws Error with what Deno said, when it refuses
   */
  async publishWorkspace(): Promise<void> {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "publish",
        "--quiet",
        "--no-check",
        "--allow-dirty",
        "--no-provenance",
        "--token=none",
      ],
      cwd: root,
      env: { JSR_URL: this.url, NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`deno publish: ${new TextDecoder().decode(stderr)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, scope, name, version] = VERSION_API.exec(pathname) ?? [];
    if (request.method === "POST" && version !== undefined) {
      const sent = await readPackage(await request.bytes(), searchParams.get("config") ?? "");
      this.packages.set(`@${scope}/${name}`, sent);
      return Response.json({ id: crypto.randomUUID(), status: "success", error: null });
    }
    if (PACKAGE_API.test(pathname)) return Response.json({ description: "", latestVersion: null });
    return await this.#find(pathname) ?? new Response("not here", { status: 404 });
  }

  async #find(pathname: string): Promise<Response | undefined> {
    const [, meta] = /^\/(@[\w-]+\/[\w-]+)\/meta\.json$/.exec(pathname) ?? [];
    const whole = this.packages.get(meta ?? "");
    if (whole) return Response.json(packageMeta(whole));
    const [, one, number] = /^\/(@[\w-]+\/[\w-]+)\/([^/]+)_meta\.json$/.exec(pathname) ?? [];
    const version = this.packages.get(one ?? "");
    if (version && version.version === number) return Response.json(await versionMeta(version));
    const [, name = "", at, path = ""] = MODULE.exec(decodeURIComponent(pathname)) ?? [];
    const found = this.packages.get(name);
    const content = found?.version === at ? found?.files.get(path) : undefined;
    if (content === undefined) return undefined;
    this.served.push(`${name}/${path}`);
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return new Response(content, { headers: { "content-type": type } });
  }
}
