import { isJsonObject } from "../kube_object.ts";

/** Fields that hold a moment, in seconds. */
const TIMES = [
  "creationTimestamp",
  "deletionTimestamp",
  "expirationTimestamp",
  "lastTransitionTime",
  "lastUpdateTime",
  "time",
];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Texts with a number or a name that every server makes up anew: they are compared without it. */
const MADE_UP: readonly (readonly [RegExp, string])[] = [
  [/(Too large resource version: \d+, current: )\d+/, "$1VERSION"],
  [/(too old resource version: \d+ \()\d+/, "$1VERSION"],
  [/(does not match the ResourceVersion in record \()\d+/, "$1VERSION"],
  [/^(Event "s\.)[a-z0-9]{5}"/, '$1MADE_UP"'],
  [/^s\.[a-z0-9]{5}$/, "s.MADE_UP"],
  [/^(ReplicaSet "s-)[0-9a-f]+/, "$1HASH"],
];

/** What the answers of a server have in place of those of another: uids and versions. */
export class SameAnswers {
  #uids = new Map<string, string>();
  #versions = new Map<string, string>();

  /** A request with the other server's uids and versions in place of the recorded ones. */
  translate<T>(value: T, field = ""): T {
    if (Array.isArray(value)) return value.map((item) => this.translate(item)) as T;
    if (isJsonObject(value)) {
      const entries = Object.entries(value).map(([name, inner]) => [
        this.#translateText(name),
        this.translate(inner, name),
      ]);
      return Object.fromEntries(entries) as T;
    }
    if (typeof value !== "string") return value;
    if (field === "resourceVersion") return (this.#versions.get(value) ?? value) as T;
    return this.#translateText(value) as T;
  }

  /** A path with the other server's version in its query. */
  translatePath(path: string): string {
    return path.replace(
      /([?&]resourceVersion=)(\d+)/,
      (_, name, version) => name + (this.#versions.get(version) ?? version),
    );
  }

  /**
   * Compares an answer with the recorded one.
   *
   * Equal must be everything but: uids and versions, which must stand for one another throughout;
   * times, which must be times; tokens; and what a server makes up in a text, see above. From an
   * answer that differs nothing is learnt.
   *
   * @param path what it is, for the differences; that of a bookmark begins with `bookmark`
   * @returns where they differ, with both values
   */
  compare(recorded: unknown, actual: unknown, path: string): string[] {
    const [uids, versions] = [new Map(this.#uids), new Map(this.#versions)];
    const differences = this.#compare(recorded, actual, path, false);
    if (differences.length > 0) [this.#uids, this.#versions] = [uids, versions];
    return differences;
  }

  #compare(recorded: unknown, actual: unknown, path: string, isList: boolean): string[] {
    const differ = () => [`${path}: ${JSON.stringify(recorded)} was ${JSON.stringify(actual)}`];
    if (Array.isArray(recorded)) {
      if (!Array.isArray(actual) || actual.length !== recorded.length) return differ();
      return recorded.flatMap((item, at) =>
        this.#compare(item, actual[at], `${path}[${at}]`, false)
      );
    }
    if (isJsonObject(recorded)) {
      if (!isJsonObject(actual)) return differ();
      const names = new Map(Object.keys(recorded).map((name) => [this.#translateText(name), name]));
      const all = new Set([...names.keys(), ...Object.keys(actual)]);
      const isListOfAll = "items" in recorded || "rows" in recorded;
      return [...all].flatMap((name) =>
        this.#compare(
          recorded[names.get(name) ?? name],
          actual[name],
          `${path}.${name}`,
          isList || isListOfAll && name === "metadata",
        )
      );
    }
    if (typeof recorded === "string" && typeof actual === "string") {
      return this.#areSameTexts(path, recorded, actual, isList) ? [] : differ();
    }
    return Object.is(recorded, actual) ? [] : differ();
  }

  #areSameTexts(path: string, recorded: string, actual: string, isList: boolean): boolean {
    const field = path.slice(path.lastIndexOf(".") + 1);
    if (field === "uid") return UUID.test(actual) && learn(this.#uids, recorded, actual);
    if (field === "resourceVersion") {
      if (!/^\d+$/.test(actual)) return false;
      // Lists and bookmarks are as far as their server is, which is not counted in its answers.
      if (!isList && !path.startsWith("bookmark")) return learn(this.#versions, recorded, actual);
      if (!this.#versions.has(recorded)) this.#versions.set(recorded, actual);
      return true;
    }
    if (TIMES.includes(field)) return TIME.test(recorded) && TIME.test(actual);
    if (field === "token") return actual.length > 0;
    if (field === "continue" && recorded !== "") return readStart(recorded) === readStart(actual);
    if (/\.cells\[\d+\]$/.test(path) && /^\d+s$/.test(recorded)) return /^\d+s$/.test(actual);
    const plain = (text: string) =>
      MADE_UP.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
    return plain(this.#translateText(recorded)) === plain(actual);
  }

  #translateText(text: string): string {
    return text.replaceAll(UUIDS, (uid) => this.#uids.get(uid) ?? uid);
  }
}

function learn(known: Map<string, string>, recorded: string, actual: string): boolean {
  const before = known.get(recorded);
  if (before === undefined) known.set(recorded, actual);
  return before === undefined || before === actual;
}

/** Where a list goes on, as the token says, without the version that it goes on at. */
function readStart(token: string): string {
  const { v, rv, start } = JSON.parse(atob(token));
  return JSON.stringify([v, typeof rv, start]);
}
