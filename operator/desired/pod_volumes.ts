import type { Container, PodSpec, Volume, VolumeMount } from "../actor/async_actor.ts";

/** A folder that a container of the user's shares with ours, or gets from us. */
export interface Folder {
  readonly path: string;
  /** How its volume is called, and what it is. */
  readonly volume: Volume;
  /** The folder in the volume that is meant, where it is not all of it. */
  readonly subPath?: string;
  /** Whether a volume of the user's with that name is meant by it. */
  readonly isTheirsByName?: boolean;
  readonly isReadOnly?: boolean;
}

/** The volumes of a pod, while containers of ours are put into it. */
export class PodVolumes {
  readonly #volumes: Volume[];
  /** How volumes of ours are called. */
  readonly #names = new Map<Volume, string>();
  /** Volumes that a StatefulSet makes of its claims. */
  readonly #claims: ReadonlySet<string>;

  /**
   * @param pod with the user's volumes
   * @param claims names of the user's volumeClaimTemplates
   */
  constructor(pod: PodSpec, claims: readonly string[]) {
    this.#volumes = [...pod.volumes ?? []];
    this.#claims = new Set(claims);
  }

  /** All there are so far; the user's come first. */
  get all(): readonly Volume[] {
    return this.#volumes;
  }

  /**
   * How containers see a folder: as the user mounted it in one of theirs, or by a volume that is
   * added.
   *
   * @param folder which one
   * @param container the user's that has it or gets it, if one does
   */
  mount(folder: Folder, container?: Container): VolumeMount {
    const { path, subPath, isReadOnly } = folder;
    const theirs = container && mountAt(container, path);
    if (theirs) return theirs;
    return {
      name: this.#volume(folder),
      mountPath: path,
      ...(subPath !== undefined && { subPath }),
      ...(isReadOnly && { readOnly: true }),
    };
  }

  #volume({ volume, isTheirsByName = false }: Folder): string {
    const known = this.#names.get(volume);
    if (known !== undefined) return known;
    if (isTheirsByName && this.#has(volume.name)) return volume.name;
    let { name } = volume;
    for (let number = 2; this.#has(name); number += 1) name = `${volume.name}-${number}`;
    this.#volumes.push({ ...volume, name });
    this.#names.set(volume, name);
    return name;
  }

  #has(name: string): boolean {
    return this.#claims.has(name) || this.#volumes.some((volume) => volume.name === name);
  }
}

/**
 * What a container has mounted at a path.
 *
 * @param container of the user's
 * @param path of the folder
 */
function mountAt(container: Container, path: string): VolumeMount | undefined {
  return container.volumeMounts?.find(({ mountPath }) => withoutEnd(mountPath) === path);
}

/**
 * The mounts of a container with further ones; a path that it has is not mounted twice.
 *
 * @param container of the user's
 * @param mounts what it is to have as well
 */
export function mergeMounts(container: Container, mounts: readonly VolumeMount[]): VolumeMount[] {
  const further = mounts.filter(({ mountPath }) => !mountAt(container, withoutEnd(mountPath)));
  return [...container.volumeMounts ?? [], ...further];
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
