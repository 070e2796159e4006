import { createHash } from 'node:crypto'

/**
 * A number from 0 (inclusive) to 1 (exclusive) that is always the same for the same words. The demo uses it to make
 * things up.
 */
export function chance(...words: string[]): number {
  return createHash('sha256').update(words.join('\n')).digest().readUInt32BE() / 2 ** 32
}

export function wholeChance(limit: number, ...words: string[]): number {
  return Math.floor(chance(...words) * limit)
}
