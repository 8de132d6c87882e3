import type { VariablePlan } from "./plan.ts";
import { RECEIVED, select } from "./promql.ts";

/** One metric of each program, which says where programs of the mesh are. */
const PROGRAMS = '__name__=~"asya_gateway_tools|asya_actor_active_messages|asya_operator_leader"';

/** What every dashboard lets its reader choose; one machine has neither, and all are chosen. */
export const places: readonly VariablePlan[] = [
  {
    name: "cluster",
    label: "Cluster",
    description: "clusters, where Prometheus puts a label cluster on what it scrapes",
    query: `label_values({${PROGRAMS}}, cluster)`,
    isMany: true,
  },
  {
    name: "namespace",
    label: "Namespace",
    description: "namespaces with gateways, actors or an operator",
    query: `label_values({${PROGRAMS}, cluster=~"$cluster"}, namespace)`,
    isMany: true,
  },
];

/** Which hosts of RabbitMQ have the queues. */
export const vhost: VariablePlan = {
  name: "vhost",
  label: "RabbitMQ host",
  description: "virtual hosts of RabbitMQ that have queues of the mesh",
  query: 'label_values(rabbitmq_detailed_queue_messages_ready{cluster=~"$cluster"}, vhost)',
  isMany: true,
};

/** Which actor is looked at, by its queue, which has its name. */
export const actor: VariablePlan = {
  name: "actor",
  label: "Actor",
  description: "one actor, by the name of its queue",
  query: `label_values(${select(RECEIVED)}, queue)`,
};

/** The queue of the actor that was chosen. */
export const ACTOR = 'queue="$actor"';

/** Which tools are looked at. */
export const tool: VariablePlan = {
  name: "tool",
  label: "Tool",
  description: "tools of the gateway",
  query: `label_values(${select("asya_gateway_jobs_created_total")}, tool)`,
  isMany: true,
};

/** The tools that were chosen. */
export const TOOL = 'tool=~"$tool"';

/** Which models are looked at. */
export const model: VariablePlan = {
  name: "model",
  label: "Model",
  description: "models, as handlers name them",
  query: `label_values(${
    select("gen_ai_client_operation_duration_seconds_count")
  }, gen_ai_request_model)`,
  isMany: true,
};

/** The models that were chosen. */
export const MODEL = 'gen_ai_request_model=~"$model"';
