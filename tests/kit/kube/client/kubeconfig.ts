import { parse, stringify } from "yaml";
import { isJsonObject } from "../kube_object.ts";

/** How an API server is reached, and as whom. */
export interface KubeAccess {
  readonly url: string;
  /** PEM of who vouches for the server. */
  readonly ca?: string;
  /** What the server is called in its certificate, where that is not the host of its URL. */
  readonly serverName?: string;
  /** Whether its certificate is not looked at. */
  readonly isUnverified?: boolean;
  readonly token?: string;
  /** PEM of who we are. */
  readonly client?: { readonly cert: string; readonly key: string };
}

/** The kubeconfig file of an access. */
export function describeAccess(access: KubeAccess): string {
  const { url, ca, serverName, isUnverified, token, client } = access;
  const inBase64 = (text: string) => new TextEncoder().encode(text).toBase64();
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{
      name: "tests",
      cluster: {
        server: url,
        ...(ca && { "certificate-authority-data": inBase64(ca) }),
        ...(serverName && { "tls-server-name": serverName }),
        // The official client speaks plain HTTP only to who says so.
        ...((isUnverified || url.startsWith("http:")) && { "insecure-skip-tls-verify": true }),
      },
    }],
    users: [{
      name: "tests",
      user: {
        ...(token && { token }),
        ...(client && {
          "client-certificate-data": inBase64(client.cert),
          "client-key-data": inBase64(client.key),
        }),
      },
    }],
    contexts: [{ name: "tests", context: { cluster: "tests", user: "tests" } }],
    "current-context": "tests",
  });
}

/**
 * Reads how the current context of a kubeconfig file reaches its server.
 *
 * @param text of the file
 * @param readFile reads a file that it names
 * @throws Error where it says nothing that can be used here
 */
export function parseKubeconfig(text: string, readFile: (path: string) => string): KubeAccess {
  const config = asRecord(parse(text));
  const context = asRecord(pick(config.contexts, config["current-context"]).context);
  const cluster = asRecord(pick(config.clusters, context.cluster).cluster);
  const user = asRecord(pick(config.users, context.user).user);
  const read = (from: Readonly<Record<string, unknown>>, name: string): string | undefined => {
    const data = from[`${name}-data`];
    if (typeof data === "string") return new TextDecoder().decode(Uint8Array.fromBase64(data));
    const path = from[name];
    return typeof path === "string" ? readFile(path) : undefined;
  };
  const [cert, key] = [read(user, "client-certificate"), read(user, "client-key")];
  const token = typeof user.token === "string"
    ? user.token
    : typeof user.tokenFile === "string"
    ? readFile(user.tokenFile).trim()
    : undefined;
  if (!token && !(cert && key)) {
    throw new Error("the kubeconfig has neither a token nor a client certificate for its user");
  }
  const ca = read(cluster, "certificate-authority");
  const url = String(cluster.server).replace(/\/$/, "");
  const isEncrypted = url.startsWith("https:");
  const isUnverified = isEncrypted && cluster["insecure-skip-tls-verify"] === true;
  const serverName = isEncrypted ? cluster["tls-server-name"] : undefined;
  return {
    url,
    // kubectl takes a kubeconfig that has both for a mistake.
    ...(isUnverified ? { isUnverified } : ca !== undefined && { ca }),
    ...(typeof serverName === "string" && { serverName }),
    ...(token !== undefined && { token }),
    ...(cert && key && { client: { cert, key } }),
  };
}

function pick(list: unknown, name: unknown): Readonly<Record<string, unknown>> {
  const found = Array.isArray(list)
    ? list.find((entry) => isJsonObject(entry) && entry.name === name)
    : undefined;
  if (found) return found;
  throw new Error(`the kubeconfig has no entry that is called ${JSON.stringify(name)}`);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {};
}
