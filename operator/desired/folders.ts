import type { RabbitmqTransport } from "../actor/async_actor.ts";
import type { Platform } from "./platform.ts";
import type { Folder } from "./pod_volumes.ts";
import { OUR_FOLDER, type RuntimePlace } from "./runtime_container.ts";
import { runtimeConfigMapName } from "./runtime_config_map.ts";
import { BROKER_CA } from "./sidecar_env.ts";

/** Where programs put what they need for a while. */
const TMP = "/tmp";

/**
 * The folder of the socket, which the sidecar and the runtime both see. It is all that they share:
 * handlers must not reach what the sidecar writes.
 *
 * @param socketPath of the actor
 */
export function socketFolder(socketPath: string): Folder {
  return {
    path: socketPath.slice(0, socketPath.lastIndexOf("/")),
    volume: { name: "socket-dir", emptyDir: {} },
    isTheirsByName: true,
  };
}

/**
 * A place to write for the container that serves the socket; none where the socket's folder is one.
 *
 * @param socket where the socket is
 */
export function tmpFolders(socket: Folder): Folder[] {
  if (socket.path === TMP) return [];
  return [{ path: TMP, volume: { name: "tmp", emptyDir: {} }, isTheirsByName: true }];
}

/**
 * A place to write that only the sidecar has: Deno keeps there what it runs again later.
 *
 * @param socket where the socket is
 */
export function sidecarFolder(socket: Folder): Folder {
  const path = socket.path === TMP ? "/var/tmp" : TMP;
  return { path, volume: { name: "sidecar-tmp", emptyDir: {} } };
}

/**
 * Where the container that serves the socket has the runtime.
 *
 * @param injection how it comes there
 * @param platform which one
 */
export function runtimeFolders(
  injection: RuntimePlace["injection"],
  platform: Platform,
): Folder[] {
  const path = `${OUR_FOLDER}/runtime`;
  switch (injection) {
    case "configmap": {
      const configMap = { name: runtimeConfigMapName(platform) };
      return [{ path, volume: { name: "asya-runtime", configMap }, isReadOnly: true }];
    }
    case "binary": {
      const volume = { name: "asya-runtime", emptyDir: {} };
      // Not the folder above both: what else an image has there stays.
      return [
        { path: `${OUR_FOLDER}/bin`, volume, subPath: "bin", isReadOnly: true },
        { path, volume, subPath: "runtime", isReadOnly: true },
      ];
    }
    case "none":
      return [];
  }
}

/**
 * Where the sidecar has who may vouch for the broker, if somebody particular may.
 *
 * @param rabbitmq the broker
 */
export function brokerCaFolders({ tls }: RabbitmqTransport): Folder[] {
  if (!tls.enabled || !tls.caSecretRef) return [];
  const { name: secretName, key } = tls.caSecretRef;
  const items = [{ key, path: BROKER_CA.file }];
  const volume = { name: "asya-broker-ca", secret: { secretName, items } };
  return [{ path: BROKER_CA.folder, volume, isReadOnly: true }];
}
