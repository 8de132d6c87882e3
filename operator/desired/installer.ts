import type { AsyncActor, Container } from "../actor/async_actor.ts";
import type { Platform } from "./platform.ts";
import { ownSecurity } from "./security.ts";

/** Where the init container has the volume: not where its own image has the runtime. */
const FOLDER = "/mnt/asya";

/** The name of the init container. */
export const INSTALLER = "asya-runtime";

/**
 * The init container that copies the runtime, and the Deno that runs it, into a volume of the pod.
 *
 * @param actor whose pod
 * @param platform the runtime's image
 * @param volume the volume's name
 */
export function installerContainer(
  { spec }: AsyncActor,
  platform: Platform,
  volume: string,
): Container {
  const { sidecar, runtime, workload } = spec;
  return {
    name: INSTALLER,
    image: runtime.image ?? platform.runtimeImage,
    imagePullPolicy: sidecar.imagePullPolicy,
    command: [
      ...["deno", "run", "--no-prompt", "--ignore-env", "--allow-read=/"],
      ...[`--allow-write=${FOLDER}`, "/opt/asya/runtime/main.js", "install", FOLDER],
    ],
    ...(sidecar.resources && { resources: sidecar.resources }),
    securityContext: ownSecurity(workload.template.spec.securityContext),
    volumeMounts: [{ name: volume, mountPath: FOLDER }],
  };
}
