import { Buffer } from "node:buffer";
import type { RequestOptions } from "node:https";
// The file of the library that reads kubeconfigs and credentials; the rest of it is not loaded.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

/** Where the API server is and who we are to it, as it stands at a moment. */
export interface Access {
  /** Without a slash at its end. */
  readonly server: string;
  /** PEM: who vouches for the server; without them, the platform's own authorities. */
  readonly caCerts: readonly string[];
  /** The name that the server's certificate is for, where it is not the one in `server`. */
  readonly serverName?: string;
  /** Whether the server is taken for what it says it is, with nobody asked. */
  readonly isUnverified?: boolean;
  /** PEM: our certificate and its key. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly proxyUrl?: string;
  /** The namespace that is ours: the pod's, or the context's. */
  readonly namespace?: string;
  /** The headers that say who we are, read anew where they come from a file that changes. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

/**
 * Reads how the API server is reached: from a kubeconfig, or from what the kubelet puts into a pod.
 *
 * @param kubeconfig its path; several are separated by colons, and the first has the last word
 * @throws Error in words when the API server cannot be reached in that way
 */
export async function readAccess(kubeconfig: string | undefined): Promise<Access> {
  const config = load(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (!cluster) {
    throw new Error(`the context ${config.getCurrentContext()} of KUBECONFIG has no cluster`);
  }
  if (config.getCurrentUser()?.exec) {
    throw new Error(
      "KUBECONFIG runs a command to sign in; allowed: a token, a token's file, a certificate",
    );
  }
  const server = URL.parse(cluster.server ?? "");
  if (!server || server.username !== "" || server.password !== "") {
    throw new Error("KUBECONFIG has a server that is no address; allowed: https://host:port");
  }
  const isPlain = server.protocol === "http:";
  const isUnverified = !isPlain && cluster.skipTLSVerify;
  const serverName = isPlain ? undefined : cluster.tlsServerName;
  const { proxyUrl } = cluster;
  if (proxyUrl && (isUnverified || serverName)) {
    throw new Error(
      "KUBECONFIG has proxy-url beside insecure-skip-tls-verify or tls-server-name; " +
        "allowed: proxy-url alone, or the others",
    );
  }
  const options = await signIn(config);
  const cert = textOf(options.cert);
  const key = textOf(options.key);
  const ca = textOf(options.ca);
  return {
    server: cluster.server.replace(/\/+$/, ""),
    caCerts: ca === undefined ? [] : [ca],
    ...(cert !== undefined && key !== undefined && { certificate: { cert, key } }),
    ...(isUnverified && { isUnverified }),
    ...(serverName && { serverName }),
    ...(proxyUrl && { proxyUrl }),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    headers: async () => headersOf(await signIn(config)),
  };
}

function load(kubeconfig: string | undefined): KubeConfig {
  const [first, ...others] = kubeconfig?.split(":").filter((path) => path !== "") ?? [];
  if (first === undefined) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return config;
  }
  const config = loadFile(first);
  for (const path of others) config.mergeConfig(loadFile(path), true);
  return config;
}

/** What is wrong with a file is said in the first line, and quoted in the others: tokens too. */
function loadFile(path: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(path);
    return config;
  } catch (error) {
    if (isMissing(error)) throw new Error(`KUBECONFIG names ${path}, where there is no file`);
    const [what] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Error(`KUBECONFIG cannot be read from ${path}: ${what}`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** What the library would give to Node's client of HTTP: certificates and headers. */
async function signIn(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options;
}

function headersOf({ headers = {}, auth }: RequestOptions): Readonly<Record<string, string>> {
  const said = Object.entries(headers).map(([name, value]) => [name, String(value).trim()]);
  const basic = auth ? [["Authorization", `Basic ${Buffer.from(auth).toString("base64")}`]] : [];
  const all: Record<string, string> = Object.fromEntries([...said, ...basic]);
  // Whoever is given such a header refuses it, and says what it is.
  if (!Object.values(all).some((value) => /\p{Cc}/u.test(value))) return all;
  throw new Error("what signs in to the API server has control characters; allowed: none");
}

/** One PEM text, where the library gives what it read of a file or of the kubeconfig itself. */
function textOf(pem: unknown): string | undefined {
  if (typeof pem === "string") return pem;
  return Buffer.isBuffer(pem) ? pem.toString("utf8") : undefined;
}
