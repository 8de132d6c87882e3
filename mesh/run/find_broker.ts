import { type BrokerPlan, FILES, planBroker } from "../plan/plan_broker.ts";

/**
 * Puts together how the programs of a mesh reach RabbitMQ, and looks whether its files are there.
 *
 * @param url `amqp://…`, `amqps://…`, or `rabbitmq`
 */
export async function findBroker(url: string): Promise<BrokerPlan> {
  const plan = planBroker(url, Deno.env.toObject(), Deno.cwd());
  if (!plan.ok) return plan;
  const checks = FILES.map((name) => checkFile(name, plan.env[name]));
  const problems = (await Promise.all(checks)).filter((problem) => problem !== undefined);
  return problems.length > 0 ? { ok: false, problems } : plan;
}

async function checkFile(name: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    await Deno.readTextFile(path);
    return undefined;
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const why = isMissing ? "there is no such file" : "it cannot be read";
    return `${name} is ${JSON.stringify(path)}, but ${why}; allowed: a PEM file`;
  }
}
