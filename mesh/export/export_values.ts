import { parseBucketUrl } from "../file/bucket_url.ts";
import type { MeshFile } from "../file/mesh_file.ts";
import type { ExportedBroker } from "./export_broker.ts";
import { type Exported, SECRETS, toolsMapOf } from "./exported.ts";

/** What of a mesh concerns the charts besides its file. */
export interface ValuesPlace {
  readonly broker: ExportedBroker;
  /** Settings of the broker that every program shares, by variable. */
  readonly env: Readonly<Record<string, string>>;
  /** What every sidecar is told, by variable. */
  readonly sidecarEnv: Readonly<Record<string, string>>;
}

/**
 * Values for the charts of the gateway and the terminal actors.
 *
 * @param mesh the mesh's file
 * @param place what concerns the charts besides
 */
export function exportValues(
  mesh: MeshFile,
  place: ValuesPlace,
): Pick<Exported, "gatewayValues" | "actorsValues"> {
  const { passwordSecretRef, ...broker } = place.broker;
  const rabbitmq = {
    ...broker,
    existingSecret: passwordSecretRef.name,
    existingSecretKey: passwordSecretRef.key,
  };
  const bucket = parseBucketUrl(mesh.results);
  return {
    gatewayValues: {
      rabbitmq,
      database: {
        existingSecret: SECRETS.database.name,
        existingSecretKey: SECRETS.database.key,
      },
      tools: { existingConfigMap: toolsMapOf(mesh.name) },
      ...(Object.keys(place.env).length > 0 && { env: place.env }),
    },
    actorsValues: {
      rabbitmq,
      ...(bucket && { s3: { bucket: bucket.bucket, prefix: bucket.prefix } }),
    },
  };
}
