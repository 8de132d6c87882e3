/**
 * Every example actor, made by the operator, with its queue in a real broker.
 *
 * @module
 */
import { parseAllDocuments } from "yaml";
import assert from "node:assert/strict";
import type { NewObject } from "../kit/kube.ts";
import { findRabbitmq } from "../kit/rabbitmq.ts";
import { pathOf } from "../kit/start_program.ts";
import { OperatorScene } from "./operator/scene.ts";

const rabbitmq = await findRabbitmq();

interface Example extends NewObject {
  readonly spec: {
    readonly queueName: string;
    readonly transport: { readonly rabbitmq: Readonly<Record<string, unknown>> };
    readonly scaling?: { readonly enabled?: boolean };
    readonly telemetry?: { readonly collector?: { readonly enabled?: boolean } };
    readonly networkPolicy?: { readonly enabled?: boolean };
    readonly workload: { readonly type?: string };
  };
}

/** The actors of the files in a folder. */
async function readExamples(path: string): Promise<Example[]> {
  const found: Example[] = [];
  for await (const { name } of Deno.readDir(pathOf(path))) {
    if (!name.endsWith(".yaml")) continue;
    const text = await Deno.readTextFile(`${pathOf(path)}/${name}`);
    const documents = parseAllDocuments(text).map((document) => document.toJS());
    found.push(...documents.filter((document) => document?.kind === "AsyncActor"));
  }
  return found;
}

Deno.test({
  name: "[O1] [O5] operator: every example is made, and its queue is there before it is watched",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    const examples = await readExamples("examples/asyas");
    assert.equal(examples.length, 6);
    await using vhost = await rabbitmq.createVhost();
    await using scene = await OperatorScene.set();
    await scene.startOperator();
    const { client } = scene.kube;
    const { namespace } = scene;
    const { hostname: host, port, username, password } = new URL(vhost.url);
    await client.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "asya-rabbitmq", namespace },
      stringData: { password: decodeURIComponent(password) },
    });
    const broker = { host, port: Number(port), username, vhost: vhost.name };
    for (const { metadata, spec, ...example } of examples) {
      const transport = {
        ...spec.transport,
        rabbitmq: { ...spec.transport.rabbitmq, ...broker },
      };
      await client.create({
        ...example,
        metadata: { ...metadata, namespace },
        spec: { ...spec, transport },
      });
    }
    for (const { metadata: { name = "" }, spec } of examples) {
      await scene.untilCondition(name, "Degraded", "False AsAsked");
      const { type = "Deployment" } = spec.workload;
      const isScaled = spec.scaling?.enabled !== false && type !== "Job";
      await scene.untilKinds(name, [
        `ServiceAccount/${name}`,
        `Secret/${name}-asya`,
        `${type}/${name}`,
        ...(spec.telemetry?.collector?.enabled ? [`ConfigMap/${name}-asya`] : []),
        ...(spec.networkPolicy?.enabled ? [`NetworkPolicy/${name}`] : []),
        ...(isScaled ? [`TriggerAuthentication/${name}`, `ScaledObject/${name}`] : []),
      ]);
      if (!isScaled) continue;
      const queues = await vhost.admin.queues(vhost.name);
      assert.ok(queues.some((queue) => queue.name === spec.queueName), spec.queueName);
    }
  },
});
