import type { Em } from '../db/orm.ts'
import type { DecidedSale } from './decided-sale.ts'
import { holdFor, isHeld, mustHold } from './hold.ts'
import { judge, type Manner, type NotWritten } from './judge.ts'
import { findKnown } from './known.ts'
import { findRemainders } from './returns.ts'
import type { Sale } from './sale.ts'
import { addProducts, type WriteResult, writeSales } from './write.ts'

/** How a sale ends. `failed` says that nothing of it is written because of an error, such as a lock that was not let go of. */
export type Outcome = NotWritten | Recorded | { result: 'failed'; error: unknown }

/** Sales that are recorded together were all received when the first one was. */
export type Recorded = { result: 'recorded'; decided: DecidedSale; receivedAt: Date }

/** Under what a sale is recorded. */
export interface Circumstances {
  manner: Manner
  now: Date
  /** How many decimals the currency has. */
  decimals: number
}

interface Attempt extends Circumstances {
  /** Waits for rows that somebody else holds. */
  patiently: boolean
}

type Ends = Map<Sale, Outcome | 'busy'>

/** Tries to record sales that don't depend on each other: all in one transaction, or none. */
export async function attempt(em: Em, sales: Sale[], how: Attempt): Promise<Ends> {
  if (!sales.some(mustHold)) return decideAndWrite(em, sales, how)
  return em.transactional(async (inner) => {
    const held = await holdFor(inner, sales, how.patiently)
    const ends: Ends = new Map()
    const free = how.patiently ? sales : sales.filter((sale) => isHeld(sale, held) || !ends.set(sale, 'busy'))
    for (const [sale, end] of await decideAndWrite(inner, free, how)) ends.set(sale, end)
    return ends
  })
}

/** By the settings that are committed when they are read, whatever changes until the sales are written (docs/rules.md, 22). */
async function decideAndWrite(em: Em, sales: Sale[], how: Attempt): Promise<Ends> {
  const ends: Ends = new Map()
  let left = sales
  for (let tries = 1; left.length > 0; tries++) {
    if (tries > TRIES) raise('The same sales can’t be decided')
    const judged = await judgeAll(em, left, how)
    const toWrite = [...judged.values()].filter((one) => 'sale' in one)
    const written = await writeWithProducts(em, toWrite, how)
    const again: Sale[] = []
    for (const [sale, judgement] of judged) {
      const end = 'sale' in judgement ? endOf(judgement, how.now, written.get(sale.id)) : judgement
      if (end === 'again') again.push(sale)
      else ends.set(sale, end)
    }
    left = again
  }
  return ends
}

/** Whose customer was deleted, or whose id or receipt was used, between reading and writing is read again: now it is known. */
const TRIES = 5

async function judgeAll(em: Em, sales: Sale[], how: Attempt): Promise<Map<Sale, NotWritten | DecidedSale>> {
  const known = await findKnown(em, sales)
  const remainders = await findRemainders(em, sales)
  const factsOf = (sale: Sale) => ({
    known: known.get(sale.id) ?? raise('Nothing is known of a sale'),
    remainder: remainders.get(sale.returns ?? ''),
    decimals: how.decimals
  })
  return new Map(sales.map((sale) => [sale, judge(sale, factsOf(sale), how.manner)]))
}

async function writeWithProducts(
  em: Em,
  decided: DecidedSale[],
  { now, patiently }: Attempt
): Promise<Map<string, WriteResult>> {
  const results = await writeSales(em, decided, now, patiently)
  const waiting = decided.filter(({ sale }) => results.get(sale.id) === 'new-product')
  if (waiting.length === 0) return results
  // With a product that nobody sold before.
  await addProducts(
    em,
    waiting.map(({ sale }) => sale)
  )
  return new Map([...results, ...(await writeSales(em, waiting, now, patiently))])
}

function endOf(decided: DecidedSale, receivedAt: Date, result: WriteResult | undefined): Outcome | 'busy' | 'again' {
  switch (result) {
    case 'recorded':
      return { result, decided, receivedAt }
    case 'busy':
      return result
    case 'taken':
    case 'no-customer':
      return 'again'
    default:
      return raise(`A sale was written with the result ${result}`)
  }
}

/** Something that can't be. */
export function raise(message: string): never {
  throw new Error(message)
}
