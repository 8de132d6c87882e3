import type { KubeObject } from "../kube_object.ts";

/** The JSON of objects, made once for all who are shown them. */
export class JsonTexts {
  readonly #texts = new WeakMap<KubeObject, string>();
  readonly #untyped = new WeakMap<KubeObject, string>();
  readonly #lines = new WeakMap<KubeObject, Map<string, Uint8Array<ArrayBuffer>>>();
  readonly #encoder = new TextEncoder();

  /** The object as JSON. */
  of(object: KubeObject): string {
    return remember(this.#texts, object, () => JSON.stringify(object));
  }

  /** The object as JSON, but for what kind it is. */
  ofUntyped(object: KubeObject): string {
    return remember(this.#untyped, object, () => {
      const { apiVersion: _a, kind: _k, ...rest } = object;
      return JSON.stringify(rest);
    });
  }

  /** The line by which a watch tells of the object. */
  lineOf(type: string, object: KubeObject): Uint8Array<ArrayBuffer> {
    const lines = remember(this.#lines, object, () => new Map());
    const known = lines.get(type);
    if (known) return known;
    const line = this.encode({ type, text: this.of(object) });
    lines.set(type, line);
    return line;
  }

  /** A line of a watch. */
  encode(
    { type, text }: { readonly type: string; readonly text: string },
  ): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(`{"type":"${type}","object":${text}}\n`);
  }
}

function remember<T>(known: WeakMap<KubeObject, T>, object: KubeObject, make: () => T): T {
  const found = known.get(object);
  if (found !== undefined) return found;
  const made = make();
  known.set(object, made);
  return made;
}
