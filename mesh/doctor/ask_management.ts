import { hidePassword } from "@asya/program";
import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import type { BrokerAddress } from "@asya/transport";
import type { ManagedQueue, ManagementLook } from "./judge_broker.ts";

/** The port of the management interface, where nobody has set another. */
const PORTS = { amqp: ["http", 15_672], amqps: ["https", 15_671] } as const;

/**
 * Asks the management interface of a RabbitMQ, https://www.rabbitmq.com/docs/http-api-reference. It
 * only reads.
 *
 * @param address the broker's; its user asks here too
 * @param exchange the exchange of all messages
 * @param url where the interface is; the usual port of the same host where nothing is said
 * @param signal ends the patience
 */
export async function askManagement(
  address: BrokerAddress,
  exchange: string,
  url: string | undefined,
  signal: AbortSignal,
): Promise<ManagementLook> {
  const { hostname, username, password, protocol } = address;
  const [scheme, port] = PORTS[protocol];
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const base = url?.replace(/\/$/, "") ?? `${scheme}://${host}:${port}`;
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  const authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  const vhost = encodeURIComponent(address.vhost);
  const get = async (path: string): Promise<Json> => {
    const response = await fetch(`${base}/api/${path}`, { headers: { authorization }, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const json = parseJson(text);
    if (!json.ok) throw new Error("it answered no JSON");
    return json.value;
  };
  try {
    const [nodes, queues, exchanges, bindings] = await Promise.all([
      get("nodes"),
      get(`queues/${vhost}`),
      get(`exchanges/${vhost}`),
      get(`exchanges/${vhost}/${encodeURIComponent(exchange)}/bindings/source`)
        .catch((error) => signal.aborted ? Promise.reject(error) : []),
    ]);
    const found = objectsOf(exchanges).find(({ name }) => name === exchange);
    return {
      ok: true,
      ...(typeof found?.type === "string" && { exchangeType: found.type }),
      alarms: alarmsOf(objectsOf(nodes)),
      queues: objectsOf(queues).map((queue) => readQueue(queue, objectsOf(bindings))),
    };
  } catch (error) {
    const reason = signal.aborted ? "it did not answer in time" : reasonOf(error);
    return { ok: false, url: hidePassword(base), reason };
  }
}

function alarmsOf(nodes: readonly JsonObject[]): string[] {
  return [
    ...nodes.some((node) => node.mem_alarm === true) ? ["memory"] : [],
    ...nodes.some((node) => node.disk_free_alarm === true) ? ["disk"] : [],
  ];
}

function readQueue(queue: JsonObject, bindings: readonly JsonObject[]): ManagedQueue {
  const { name, type, durable, arguments: own, effective_policy_definition: policy } = queue;
  const isBound = bindings.some(({ destination, destination_type, routing_key }) =>
    destination_type === "queue" && destination === name &&
    (routing_key === name || routing_key === "#")
  );
  return {
    name: typeof name === "string" ? name : "",
    type: typeof type === "string" ? type : "classic",
    isDurable: durable !== false,
    arguments: { ...(isJsonObject(policy) && policy), ...(isJsonObject(own) && own) },
    isBound,
  };
}

function objectsOf(value: Json): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
