/** Scatters the bits of a 32-bit number, as the last step of Murmur3 does. */
function scatter(number: number): number {
  let bits = number | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** A number made from a seed and a purpose, so that what is drawn for one purpose reveals nothing about another. */
export function keyOf(seed: number, purpose: string): number {
  let key = scatter(seed) ^ scatter(Math.floor(seed / 2 ** 32) + 1)
  for (let at = 0; at < purpose.length; at++) key = scatter(Math.imul(key, 31) + purpose.charCodeAt(at))
  return key
}

/**
 * Random numbers that are always the same for the same seed, purpose and id, in whatever order they are asked for. So a
 * sale can be drawn once for its total and again for its lines, without storing anything. (This is Mulberry32, started
 * anew for each id.)
 */
export class Dice {
  readonly #key: number
  #state = 0

  constructor(seed: number, purpose: string) {
    this.#key = keyOf(seed, purpose)
  }

  for(id: number): this {
    this.#state = scatter(this.#key ^ scatter(id + 0x9e3779b9))
    return this
  }

  /** A number from 0 up to, but without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  whole(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  happens(share: number): boolean {
    return this.next() < share
  }
}

const ROUNDS = 4

/**
 * Shuffles the numbers from 0 up to, but without, `size` (at most 2^30) without a table: a Feistel network over the
 * next power of four is repeated until it yields a number in range. The first n results are n different numbers, which
 * is a sample that needs no memory.
 */
export function shuffle(size: number, key: number): (place: number) => number {
  let half = 1
  while (4 ** half < size) half++
  const mask = 2 ** half - 1
  const step = (from: number) => {
    let [left, right] = [from >>> half, from & mask]
    for (let round = 1; round <= ROUNDS; round++) {
      const next = left ^ (scatter(right ^ Math.imul(key + round, 0x9e3779b1)) & mask)
      left = right
      right = next
    }
    return (left << half) | right
  }
  return (place) => {
    let at = step(place)
    while (at >= size) at = step(at)
    return at
  }
}

/** The same things in another order. */
export function shuffled<Thing>(things: readonly Thing[], key: number): Thing[] {
  const order = shuffle(things.length, key)
  return things.map((_, place) => things[order(place)]).filter((thing) => thing !== undefined)
}

/** Draws a thing; those near the front are likelier, as common names and cities are. */
export function pickCommon<Thing>(things: readonly Thing[], dice: Dice): Thing {
  const thing = things[Math.floor(dice.next() ** 2 * things.length)]
  if (thing === undefined) throw new Error('Nothing to choose from')
  return thing
}
