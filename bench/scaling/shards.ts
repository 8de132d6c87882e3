/** One of the queues that an actor's messages are spread over. */
export interface Shard {
  readonly name: string;
  /** How much of all it shall get, against the others: 1 for each where all are equal. */
  readonly weight: number;
}

/** Says which shard a key belongs to. */
export type FindShard = (key: string) => string;

/** Ways to spread keys over shards. */
export const SHARDINGS = {
  "modulo": byModulo,
  "jump hash": byJump,
  "hash ring": byRing,
  "rendezvous": byRendezvous,
} as const satisfies Record<string, (shards: readonly Shard[]) => FindShard>;

/** Points on the ring for a shard of weight 1. */
const RING_POINTS = 100;

/** The remainder of the hash: what comes to mind first. Each place counts once per unit of weight. */
export function byModulo(shards: readonly Shard[]): FindShard {
  const places = placesOf(shards);
  return (key) => places[hash(key) % places.length]!;
}

/**
 * Jump consistent hash, with a bucket per unit of weight: what RabbitMQ's consistent hash exchange
 * does. Buckets have an order, and only the last ones can come and go without moving others.
 *
 * @see https://arxiv.org/abs/1406.2294
 */
export function byJump(shards: readonly Shard[]): FindShard {
  const places = placesOf(shards);
  return (key) => {
    let state = BigInt(hash(key)) << 32n | BigInt(hash(`${key}~`));
    let bucket = 0;
    for (let next = 0; next < places.length;) {
      bucket = next;
      state = BigInt.asUintN(64, state * 2_862_933_555_777_941_757n + 1n);
      next = Math.floor((bucket + 1) * (2 ** 31 / (Number(state >> 33n) + 1)));
    }
    return places[bucket]!;
  };
}

/**
 * A ring with many points for each shard; a key belongs to the next point.
 *
 * @see https://en.wikipedia.org/wiki/Consistent_hashing
 */
export function byRing(shards: readonly Shard[]): FindShard {
  const points = shards.flatMap(({ name, weight }) =>
    Array.from(
      { length: Math.round(weight * RING_POINTS) },
      (_, point) => ({ at: hash(`${name}/${point}`), name }),
    )
  ).sort((one, other) => one.at - other.at);
  return (key) => {
    const at = hash(key);
    let [from, to] = [0, points.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (points[middle]!.at < at) from = middle + 1;
      else to = middle;
    }
    return points[from % points.length]!.name;
  };
}

/**
 * Rendezvous hashing: every shard bids for the key, by its weight, and the highest bid has it.
 *
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing#Weighted_rendezvous_hash
 */
export function byRendezvous(shards: readonly Shard[]): FindShard {
  return (key) => {
    let best = { name: "", bid: -Infinity };
    for (const { name, weight } of shards) {
      const bid = -weight / Math.log((hash(`${key}/${name}`) + 0.5) / 2 ** 32);
      if (bid > best.bid) best = { name, bid };
    }
    return best.name;
  };
}

/**
 * The share of keys that belong elsewhere after a change.
 *
 * @param before who had them
 * @param after who has them
 * @param keys some keys, at least one
 * @returns 0 to 1
 */
export function movedShare(before: FindShard, after: FindShard, keys: readonly string[]): number {
  return keys.filter((key) => before(key) !== after(key)).length / keys.length;
}

/**
 * How much more than its due the fullest shard has.
 *
 * @param find who has which key
 * @param shards all shards, with their weights
 * @param keys some keys
 * @returns 1 when every shard has what it should
 */
export function fullestShare(
  find: FindShard,
  shards: readonly Shard[],
  keys: readonly string[],
): number {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(find(key), (counts.get(find(key)) ?? 0) + 1);
  const total = shards.reduce((sum, { weight }) => sum + weight, 0);
  return Math.max(
    ...shards.map(({ name, weight }) => (counts.get(name) ?? 0) / (keys.length * weight / total)),
  );
}

function placesOf(shards: readonly Shard[]): string[] {
  return shards.flatMap(({ name, weight }) => Array<string>(Math.round(weight)).fill(name));
}

/**
 * A number from 0 to 2³²−1, evenly spread: FNV-1a, then mixed, since FNV alone leaves texts that
 * differ in their last letter close together.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ value >>> 16, 0x85ebca6b);
  value = Math.imul(value ^ value >>> 13, 0xc2b2ae35);
  return (value ^ value >>> 16) >>> 0;
}
