import type { MeshFile } from "../file/mesh_file.ts";
import { databaseOf } from "./database.ts";
import { BROKER_SECRET } from "./export_broker.ts";
import { secretNames } from "./export_env.ts";
import { envSecretOf, type Exported, type ExportOptions } from "./exported.ts";

/** Where a pod has what handlers import of ours. */
const RUNTIME = "/opt/asya/runtime/mod.ts";

/**
 * The page that stands beside an export: what it is, what it needs, and how it is applied.
 *
 * @param mesh the mesh's file
 * @param exported what came of it
 * @param options what the caller said besides
 */
export function exportReadme(mesh: MeshFile, exported: Exported, options: ExportOptions): string {
  const { namespace } = options;
  const into = namespace === undefined ? "" : ` --namespace ${namespace}`;
  const chart = (name: string, values: string) =>
    `helm upgrade --install ${name} "$CHARTS/${name}"${into} --values ${values}`;
  return `# ${mesh.name} on Kubernetes

Made by \`asya export\`. Change the mesh and export it again, rather than these files.

| file                   | what it is                                           |
| ---------------------- | ---------------------------------------------------- |
| \`actors.yaml\`          | an AsyncActor for each actor                         |
| \`tools.yaml\`           | the ConfigMap with the gateway's tools               |
| \`kustomization.yaml\`   | both, for \`kubectl apply -k\`                         |
| \`values-gateway.yaml\`  | values for the chart \`asya-gateway\`                  |
| \`values-actors.yaml\`   | values for the chart \`asya-actors\` (terminal actors) |

## What is different there

${exported.notes.map((note) => `- ${note}`).join("\n")}

${imageSection(mesh, options)}## The secrets

Once, with values of your own:

\`\`\`sh
${secretLines(mesh, into).join("\n")}
\`\`\`

## The mesh

The operator, its resource and RabbitMQ have to be there: \`docs/kubernetes.md\` of a checkout of Asya
says how. \`CHARTS\` is the folder \`deploy/helm-charts\` of that checkout.

\`\`\`sh
kubectl apply${into} -k .
${chart("asya-actors", "values-actors.yaml")}
${chart("asya-gateway", "values-gateway.yaml")}
kubectl get asyncactors${into}
\`\`\`
`;
}

/** How an image with the handlers is made; nothing where there are none but joins. */
function imageSection({ actors }: MeshFile, { image, denoVersion }: ExportOptions): string {
  const modules = actors.flatMap(({ handler }) => handler?.split("#")[0] ?? [])
    .map((module) => module.replace(/^\.\//, ""));
  if (modules.length === 0) return "";
  return `## The image of the handlers

A \`Dockerfile\` beside the mesh's file, and a \`.dockerignore\` with the line \`.asya\`, where the
mesh keeps queues and tokens. The operator brings the program that runs a handler; the image has
Deno, the handlers, and what they import, and runs as user 65532. What they import stands in the
\`deno.json\` of that folder: one further up is not in the image.

\`\`\`dockerfile
FROM denoland/deno:${denoVersion}
WORKDIR /app
COPY . .
# The operator brings @asya/runtime to this file; links lead to folders of another machine.
RUN mkdir -p /opt/asya/runtime && touch ${RUNTIME} && \\
    deno eval --no-config 'import { readFileSync, writeFileSync } from "node:fs"; \\
      const { links, ...rest } = JSON.parse(readFileSync("deno.json", "utf8")); \\
      rest.imports = { ...rest.imports, "@asya/runtime": "${RUNTIME}" }; \\
      writeFileSync("deno.json", JSON.stringify(rest));'
RUN deno install --entrypoint ${[...new Set(modules)].join(" ")} && chmod -R a+rX /deno-dir
\`\`\`

\`\`\`sh
docker build --tag ${image} .
docker push ${image}
\`\`\`

${isOfRegistry(image) ? "" : registryHint(image)}`;
}

/** Whether a host stands before the image's name. */
function isOfRegistry(image: string): boolean {
  return image.includes("/");
}

function registryHint(image: string): string {
  return `Where a cluster pulls it from a registry, that stands before its name, and behind it a tag
that is never given twice: \`asya export --image registry.example.com/${
    image.replace(/:.*$/, "")
  }:1\`.

`;
}

function secretLines({ actors, storeUrl }: MeshFile, into: string): string[] {
  const create = (name: string, keys: readonly string[]) =>
    `kubectl create secret generic ${name}${into} ` +
    keys.map((key) => `--from-literal=${key}=…`).join(" ");
  const { isOwn, secret } = databaseOf(storeUrl);
  const ofActors = actors.flatMap(({ name, env }) => {
    const keys = secretNames(env);
    return keys.length === 0 ? [] : [create(envSecretOf(name), keys)];
  });
  return [
    create(BROKER_SECRET.name, [BROKER_SECRET.key]),
    ...isOwn ? [create(secret.name, [secret.key])] : [],
    ...ofActors,
  ];
}
