import type { Orm } from '../db/orm.ts'
import { together } from '../lib/together.ts'
import type { Outcome } from './attempt.ts'
import { recordTogether } from './record.ts'
import type { Sale } from './sale.ts'

/** The most lines that are written at one stroke. */
const MOST_LINES = 2_000

interface Asked {
  sale: Sale
  now: Date
  decimals: number
}

/**
 * Records the sales of many requests together: those that arrive while others are being written are the next to be. It answers
 * after COMMIT.
 */
export function saleQueue(orm: Orm) {
  return together<Asked, Outcome>(
    async (asked) => {
      const [first] = asked
      if (!first) return []
      // What depends on another of them is recorded in a later wave; the moment and the currency are those of the first.
      const { now, decimals } = first
      return recordTogether(
        orm.em.fork(),
        asked.map(({ sale }) => sale),
        { manner: 'asks', now, decimals }
      )
    },
    MOST_LINES,
    ({ sale }) => sale.lines.length
  )
}
