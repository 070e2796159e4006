import { sql } from 'kysely'
import type { Em, Orm } from './orm.ts'
import { row } from './rows.ts'

/** Nearer to each other two clocks need not be, nor can the time that the question takes tell. */
const TOLERATED_MS = 1_000

/**
 * One clock for all processes of a shop, whatever their machines say: the database's. A process goes by its own, put forward
 * or back by as much as that was wrong when it last looked.
 */
export class Clock {
  readonly #orm: Orm
  readonly #own: () => number
  /** In ms. */
  #wrongBy = 0

  constructor(orm: Orm, own = Date.now) {
    this.#orm = orm
    this.#own = own
  }

  readonly now = (): Date => new Date(this.#own() - this.#wrongBy)

  /** Looks at the database's. Answers by how many ms this machine's is ahead of it; 0 if that is hardly anything. */
  async look(): Promise<number> {
    const asked = this.#own()
    const there = await readClock(this.#orm.em.fork())
    const took = this.#own() - asked
    if (took > TOLERATED_MS) return this.#wrongBy
    const ahead = Math.round(asked + took / 2 - there)
    this.#wrongBy = Math.abs(ahead) > TOLERATED_MS ? ahead : 0
    return this.#wrongBy
  }
}

async function readClock(em: Em): Promise<number> {
  const found = await row(em, sql<{ at: number }>`select (extract(epoch from clock_timestamp()) * 1000)::float as at`)
  return found?.at ?? Number.NaN
}
