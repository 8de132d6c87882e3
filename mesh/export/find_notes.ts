import { isUrl, parseBucketUrl } from "../file/bucket_url.ts";
import type { MeshActor } from "../file/mesh_actor.ts";
import type { MeshFile } from "../file/mesh_file.ts";
import type { ExportedDatabase } from "./database.ts";
import { NPM_FOLDER } from "./export_actor.ts";
import { secretNames } from "./export_env.ts";
import { envSecretOf, type ExportOptions } from "./exported.ts";

/**
 * Finds what a cluster cannot have as this machine has it, and says what to do about it.
 *
 * @param mesh the mesh's file
 * @param options what the caller says besides
 * @param database where the cluster keeps jobs
 * @returns a sentence each
 */
export function findNotes(
  mesh: MeshFile,
  { image }: ExportOptions,
  database: ExportedDatabase,
): string[] {
  return [
    ...noteHandlers(mesh.actors, image),
    ...mesh.actors.flatMap(noteActor),
    ...noteStore(mesh, database),
    ...noteResults(mesh.results),
    ...mesh.stepsElsewhere.map((step) =>
      `step ${step} is served by no actor of this mesh: somebody else's queue has to be there`
    ),
  ];
}

/** Handlers are files of this machine, or are fetched when they start. */
function noteHandlers(actors: readonly MeshActor[], image: string): string[] {
  const hosted = actors.filter(({ handler }) => handler !== undefined);
  const isRemote = ({ handler = "" }: MeshActor) => /^(npm|jsr|https?):/.test(handler);
  const isOutside = ({ handler = "" }: MeshActor) => /^(\/|\.\.\/|file:)/.test(handler);
  return [
    ...hosted.every(isRemote) ? [] : [
      `the handlers are files of this machine: the image ${image} has to have them, and Deno, in ` +
      "the folder it works in (README.md shows how)",
    ],
    ...hosted.filter(isOutside).map(({ name, handler }) =>
      `actor ${name}: ${handler} is outside the mesh's folder; the image needs it at that path`
    ),
    ...hosted.filter(isRemote).map(({ name, handler }) =>
      `actor ${name}: ${handler} is fetched by each pod that starts, unless the image has it`
    ),
  ];
}

function noteActor({ name, env, permissions, timeoutMs }: MeshActor): string[] {
  const secrets = secretNames(env);
  const packages = Object.values(permissions).flat().filter((entry) => entry.startsWith("npm:"));
  return [
    ...secrets.length > 0
      ? [
        `actor ${name}: ${secrets.join(", ")} looks like a secret and is read from the Secret ` +
        `${envSecretOf(name)}, which has to be made`,
      ]
      : [],
    ...packages.length > 0
      ? [
        `actor ${name}: an image made from Deno's own has packages in ${NPM_FOLDER}; all of that ` +
        `folder may be read there, in place of ${packages.join(", ")}`,
      ]
      : [],
    ...timeoutMs % 1_000 === 0
      ? []
      : [`actor ${name}: its timeout of ${timeoutMs} ms is rounded up to whole seconds`],
  ];
}

function noteStore(
  { actors, storeUrl }: MeshFile,
  { url, isOwn, secret }: ExportedDatabase,
): string[] {
  const joins = actors.filter(({ isJoin }) => isJoin).map(({ name }) => name);
  const { host } = new URL(url);
  const scheme = storeUrl.replace(/:.*/s, "");
  return [
    isOwn
      ? `jobs are kept in the PostgreSQL at ${host}, whose URL is read from ${secret.key} of the ` +
        `Secret ${secret.name}`
      : `jobs are kept in ${scheme} here, which gateways of a cluster cannot share: the chart ` +
        "asya-gateway brings a PostgreSQL",
    ...joins.length > 0
      ? [
        `${joins.join(", ")}: joins keep branches in that PostgreSQL, and may connect to ${host} ` +
        "alone; change permissions.net where it is elsewhere",
      ]
      : [],
  ];
}

function noteResults(results: string): string[] {
  const place = parseBucketUrl(results);
  if (place) {
    return [
      `outcomes go to the bucket ${place.bucket}; who comes there is said to the chart asya-actors`,
    ];
  }
  if (isUrl(results)) return [];
  return [
    `outcomes are kept in the folder ${results} here, which pods do not share: without a bucket ` +
    "(results: s3://BUCKET/) the cluster keeps only what the gateway has of a job",
  ];
}
