import type { RabbitmqForTests, TestServer, TestServerOptions, TestVhost } from "../kit/mod.ts";

/** A broker of a test's own, to be stopped and killed; disposing removes it. */
export interface PrivateBroker extends AsyncDisposable {
  readonly server: TestServer;
  /**
   * Changes it while it runs; when it starts again, it is as it was.
   *
   * @param settings names of the application `rabbit`, and their values
   */
  configure(settings: Readonly<Record<string, number>>): Promise<void>;
  /** Where its messages are, for a mesh. */
  readonly vhost: Pick<TestVhost, "admin" | "name" | "url">;
}

/**
 * Starts a broker that nobody else uses, which takes some seconds.
 *
 * @param rabbitmq the RabbitMQ that tests have
 * @param options further lines of its configuration
 */
export async function startPrivateBroker(
  rabbitmq: RabbitmqForTests,
  options: Omit<TestServerOptions, "folder"> = {},
): Promise<PrivateBroker> {
  const server = await rabbitmq.createServer(options);
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  const url = `amqp://guest:guest@127.0.0.1:${server.ports.amqp}/`;
  return {
    server,
    configure: async (settings) => {
      const calls = Object.entries(settings).map(([name, value]) =>
        `application:set_env(rabbit, ${name}, ${value})`
      );
      await server.control("eval", `${calls.join(", ")}.`);
    },
    vhost: { name: "/", url, admin: server.admin },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
