/**
 * Serves an API server for people and for measurements, until it is interrupted. It prints the path
 * of a kubeconfig file once it is there. With `--plain` it is reached without TLS, which is faster,
 * but sends tokens as `kubectl` would not.
 *
 * ```sh
 * deno run --allow-net --allow-read --allow-write --allow-env --allow-run=openssl \
 *   tests/kit/kube/serve.ts [--plain] CRD.yaml ...
 * ```
 *
 * @module
 */
import { parseAllDocuments } from "yaml";
import { type NewObject, startKube } from "../kube.ts";

const crds: NewObject[] = [];
for (const path of Deno.args.filter((arg) => arg !== "--plain")) {
  for (const document of parseAllDocuments(await Deno.readTextFile(path))) {
    const object = document.toJS() as NewObject | null;
    if (object) crds.push(object);
  }
}
await using kube = await startKube({ crds, isPlain: Deno.args.includes("--plain") });
console.log(kube.kubeconfig);

const interrupted = Promise.withResolvers<void>();
const signals = ["SIGINT", "SIGTERM"] as const;
for (const signal of signals) Deno.addSignalListener(signal, interrupted.resolve);
await interrupted.promise;
for (const signal of signals) Deno.removeSignalListener(signal, interrupted.resolve);
