import { announceMissing } from "./announce_missing.ts";
import { thisMachine } from "./machine.ts";
import { RabbitmqAdmin } from "./rabbitmq/admin.ts";
import { ComposeServer } from "./rabbitmq/compose_server.ts";
import { InstalledServer } from "./rabbitmq/installed_server.ts";
import { rabbitmqKind } from "./rabbitmq/server_kind.ts";
import type { TestServer, TestServerOptions } from "./rabbitmq/test_server.ts";
import { findOwnServer, findServer, type OwnSource, type ServerSource } from "./server_source.ts";
import { startOnce } from "./start_once.ts";

export type { BrokerQueue } from "./rabbitmq/admin.ts";
export type { BrokerCertificates, TestServer, TestServerOptions } from "./rabbitmq/test_server.ts";

/** A corner of the shared broker for one test; disposing removes it with everything in it. */
export interface TestVhost extends AsyncDisposable {
  readonly name: string;
  /** Where the corner is, as programs are told. */
  readonly url: string;
  /** The whole broker's management interface. */
  readonly admin: RabbitmqAdmin;
  /** Where the whole broker's metrics for Prometheus are, without a path. */
  readonly metricsUrl: string;
}

/** The RabbitMQ that tests of this run have, if any. */
export interface RabbitmqForTests {
  /** Whether there is none: then the tests that need one are skipped. */
  readonly isMissing: boolean;
  /** Whether there is none that a test may stop and kill. */
  readonly hasNoServer: boolean;
  /** Makes a vhost on the broker that all tests of this run share; it starts with the first one. */
  createVhost(): Promise<TestVhost>;
  /** Makes a broker that nobody else uses, not started. */
  createServer(options?: Omit<TestServerOptions, "folder">): Promise<TestServer>;
}

/** How another file or a program finds the shared broker. */
interface SharedBroker {
  /** Without a vhost. */
  readonly url: string;
  readonly adminUrl: string;
  readonly metricsUrl: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Looks for a RabbitMQ for tests: `ASYA_TEST_RABBITMQ_URL` (whose management interface is at
 * `ASYA_TEST_RABBITMQ_ADMIN_URL`, or at port 15672 of the same host; its metrics at
 * `ASYA_TEST_RABBITMQ_METRICS_URL`, or at port 15692), an installed one, a container
 * engine, or Debian's package, which root may install. Call it once, at the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findRabbitmq(): Promise<RabbitmqForTests> {
  const source = await findServer(rabbitmqKind, thisMachine);
  if (source.kind === "missing") announceMissing(rabbitmqKind, source.advice);
  return await createRabbitmq(source);
}

/**
 * The RabbitMQ of a source.
 *
 * @param source where it comes from
 */
export async function createRabbitmq(source: ServerSource<string>): Promise<RabbitmqForTests> {
  const own = source.kind === "given"
    ? await findOwnServer(rabbitmqKind, thisMachine)
    : source.kind === "missing"
    ? undefined
    : source;
  return {
    isMissing: source.kind === "missing",
    hasNoServer: own === undefined,
    createVhost: async () => await createVhost(await findShared(source, own)),
    createServer: (options = {}) => createServer(own, options),
  };
}

async function createServer(
  source: OwnSource<string> | undefined,
  options: Omit<TestServerOptions, "folder">,
  folder?: string,
): Promise<TestServer> {
  const place = folder ?? await Deno.makeTempDir({ prefix: "asya-rabbitmq-" });
  if (source?.kind === "installed") {
    return new InstalledServer({ ...options, server: source.found, folder: place });
  }
  if (source?.kind === "compose") return new ComposeServer({ ...options, folder: place });
  throw new Error("there is no RabbitMQ of our own here");
}

/** The broker of this run, which ends with the process that runs the tests. */
async function findShared(
  source: ServerSource<string>,
  own: OwnSource<string> | undefined,
): Promise<SharedBroker> {
  if (source.kind === "given") return describeGiven(source.url);
  const found = await startOnce("rabbitmq", async (folder) => {
    const server = await createServer(own, { hasMetrics: true }, folder);
    await server.start();
    const { amqp, admin, metrics } = server.ports;
    const shared: SharedBroker = {
      url: `amqp://guest:guest@127.0.0.1:${amqp}`,
      adminUrl: `http://127.0.0.1:${admin}`,
      metricsUrl: `http://127.0.0.1:${metrics}`,
      username: "guest",
      password: "guest",
    };
    return JSON.stringify(shared);
  });
  return JSON.parse(found);
}

function describeGiven(text: string): SharedBroker {
  const url = new URL(text);
  return {
    url: `${url.protocol}//${url.username}:${url.password}@${url.host}`,
    adminUrl: Deno.env.get("ASYA_TEST_RABBITMQ_ADMIN_URL") ?? `http://${url.hostname}:15672`,
    metricsUrl: Deno.env.get("ASYA_TEST_RABBITMQ_METRICS_URL") ?? `http://${url.hostname}:15692`,
    username: decodeURIComponent(url.username || "guest"),
    password: decodeURIComponent(url.password || "guest"),
  };
}

async function createVhost(shared: SharedBroker): Promise<TestVhost> {
  const name = `asya-test-${crypto.randomUUID()}`;
  const admin = new RabbitmqAdmin(shared.adminUrl, shared.username, shared.password);
  await admin.put(`vhosts/${name}`);
  return {
    name,
    url: `${shared.url}/${name}`,
    admin,
    metricsUrl: shared.metricsUrl,
    [Symbol.asyncDispose]: () => admin.delete(`vhosts/${name}`),
  };
}
