import { parseBucketUrl } from "../file/bucket_url.ts";
import type { MeshFile } from "../file/mesh_file.ts";
import type { ExportedDatabase } from "./database.ts";
import type { BrokerExport } from "./export_broker.ts";
import { type Exported, toolsMapOf, type Values } from "./exported.ts";

/**
 * Values for the charts of the gateway and the terminal actors.
 *
 * @param mesh the mesh's file
 * @param broker how RabbitMQ is reached
 * @param database where jobs are kept
 */
export function exportValues(
  mesh: MeshFile,
  broker: BrokerExport,
  database: ExportedDatabase,
): Pick<Exported, "gatewayValues" | "actorsValues"> {
  const rabbitmq = rabbitmqValues(broker);
  const bucket = parseBucketUrl(mesh.results);
  return {
    gatewayValues: {
      tools: { existingConfigMap: toolsMapOf(mesh.name) },
      rabbitmq,
      database: databaseValues(database),
    },
    actorsValues: {
      rabbitmq,
      ...(bucket && {
        s3: { bucket: bucket.bucket },
        happyEnd: { prefix: `${bucket.prefix}asya-results/` },
        errorEnd: { prefix: `${bucket.prefix}asya-errors/` },
      }),
    },
  };
}

function rabbitmqValues({ broker, env }: BrokerExport): Values {
  const { passwordSecretRef, tls, ...reached } = broker;
  const { ASYA_RABBITMQ_EXCHANGE: exchange, ASYA_RABBITMQ_QUEUE_TYPE: queueType } = env;
  const ca = tls?.caSecretRef;
  return {
    ...reached,
    ...(exchange !== undefined && { exchange }),
    ...(queueType !== undefined && { queueType }),
    existingSecret: passwordSecretRef.name,
    passwordKey: passwordSecretRef.key,
    ...(tls && { tls: { enabled: true, ...(ca && { caSecret: ca.name, caKey: ca.key }) } }),
  };
}

function databaseValues({ isOwn, url, secret }: ExportedDatabase): Values {
  if (!isOwn) return { type: "bundled" };
  const { hostname: host, port } = new URL(url);
  const external = { existingSecret: secret.name, urlKey: secret.key, host, port: Number(port) };
  return { type: "external", external };
}
