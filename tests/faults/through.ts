import type { AmqpProxy, TestVhost } from "../kit/mod.ts";

/**
 * A vhost as it is reached through a proxy.
 *
 * @param proxy the proxy, before the vhost's broker
 * @param vhost the vhost
 */
export function through(proxy: AmqpProxy, vhost: TestVhost): TestVhost {
  const url = new URL(vhost.url);
  url.port = String(proxy.port);
  return { ...vhost, url: url.href };
}
