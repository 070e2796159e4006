import { isDatabaseAway } from '../db/away.ts'
import type { Em } from '../db/orm.ts'
import { attempt, type Circumstances, type Outcome, raise } from './attempt.ts'
import type { Sale } from './sale.ts'
import { wavesOf } from './waves.ts'

/**
 * Records sales, all that may be taken, in one step where they don't depend on each other. A sale whose rows somebody holds
 * waits for them alone. If a step fails, each of its sales is recorded alone, so that one spoils no other.
 * Their customers' totals and accounts follow in the same transaction; the figures of groups within seconds.
 * @returns an outcome for each, in the order given.
 */
export async function recordSales(em: Em, sales: Sale[], circumstances: Circumstances): Promise<Outcome[]> {
  const outcomes = new Map<Sale, Outcome>()
  for (const wave of wavesOf(sales)) {
    const alone = await recordWave(em, wave, circumstances, outcomes)
    for (const sale of alone) outcomes.set(sale, await recordAlone(em, sale, circumstances))
  }
  return inOrder(sales, outcomes)
}

/**
 * Records sales of different requests, which don't wait for each other: the outcome of a sale that has to wait for whoever holds
 * its rows is a promise, and all others are known without it.
 */
export async function recordTogether(
  em: Em,
  sales: Sale[],
  circumstances: Circumstances
): Promise<(Outcome | Promise<Outcome>)[]> {
  const outcomes = new Map<Sale, Outcome | Promise<Outcome>>()
  for (const wave of wavesOf(sales)) {
    const alone = await recordWave(em, wave, circumstances, outcomes)
    for (const sale of alone) outcomes.set(sale, recordAlone(em.fork(), sale, circumstances))
  }
  return inOrder(sales, outcomes)
}

function inOrder<End>(sales: Sale[], outcomes: Map<Sale, End>): End[] {
  return sales.map((sale) => outcomes.get(sale) ?? raise('A sale has no outcome'))
}

/** Notes the outcomes of a wave, and returns the sales that are to be recorded alone. */
async function recordWave(
  em: Em,
  wave: Sale[],
  circumstances: Circumstances,
  outcomes: Map<Sale, Outcome | Promise<Outcome>> | Map<Sale, Outcome>
): Promise<Sale[]> {
  try {
    const ends = await attempt(em, wave, { ...circumstances, patiently: false })
    for (const [sale, end] of ends) if (end !== 'busy') outcomes.set(sale, end)
    return wave.filter((sale) => ends.get(sale) === 'busy')
  } catch (error) {
    // Nobody knows what became of the commit; whoever asks again will learn it.
    if (isDatabaseAway(error)) throw error
    return wave
  }
}

async function recordAlone(em: Em, sale: Sale, circumstances: Circumstances): Promise<Outcome> {
  try {
    const end = (await attempt(em, [sale], { ...circumstances, patiently: true })).get(sale)
    return !end || end === 'busy' ? raise('A sale that waited has no outcome') : end
  } catch (error) {
    return { result: 'failed', error }
  }
}
