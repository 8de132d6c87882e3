import type { ByteStream, HostDoor } from "./host.ts";

/**
 * The Unix socket at which a host listens.
 *
 * @param path the socket's absolute path
 */
export function createUnixSocket(path: string): HostDoor {
  return {
    connect: (): Promise<ByteStream> => Deno.connect({ transport: "unix", path }),
    identify: async () => {
      try {
        return (await Deno.stat(path)).ino ?? undefined;
      } catch {
        return undefined;
      }
    },
  };
}
