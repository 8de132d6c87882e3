import type { BakedPermissions } from "@asya/program";
import manifest from "../deno.json" with { type: "json" };
import type { ProcessPlace } from "../plan/plan_process.ts";
import permissions from "../plan/program_permissions.json" with { type: "json" };
import { findToolkit } from "../plan/toolkit.ts";

/** Variables by which Deno finds its cache and reaches a registry; every process needs them. */
const DENO_VARIABLES = [
  "HOME",
  "DENO_DIR",
  "XDG_CACHE_HOME",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "DENO_AUTH_TOKENS",
  "NPM_CONFIG_REGISTRY",
  "JSR_URL",
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "NO_PROXY",
  "no_proxy",
  "ALL_PROXY",
  "all_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
];

/** What is known of the programs, wherever a mesh is. */
export type KnownToolkit = Pick<ProcessPlace, "toolkit" | "env"> & {
  /** Of the programs of a mesh, and of the operator, which no mesh has. */
  readonly permissions: ProcessPlace["permissions"] & { readonly operator: BakedPermissions };
  /** The version of the programs. */
  readonly version: string;
  /** The folder in which `asya` was called. */
  readonly folder: string;
};

/** Where the programs are, what they may do, and the environment that Deno itself needs. */
export function readToolkit(): KnownToolkit {
  const { version } = manifest;
  const toolkit = findToolkit(import.meta.url, version);
  return { toolkit, permissions, env: denoEnv(), version, folder: Deno.cwd() };
}

function denoEnv(): Record<string, string> {
  const env: Record<string, string> = {
    // A program that starts Deno itself finds the same one.
    PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:/usr/local/bin:/usr/bin:/bin`,
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
  };
  for (const name of DENO_VARIABLES) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}
