import { sql } from 'kysely'
import type { Em, Orm } from './orm.ts'
import { row } from './rows.ts'

/** Two clocks may differ by this much: nothing needs more precision, and the time that a query takes allows none. */
const TOLERATED_MS = 1_000

/**
 * The time of the database, which all processes of a shop go by, whatever their machines say. A process reads its own
 * clock and corrects it by the difference it found when it last asked the database.
 */
export class Clock {
  readonly #orm: Orm
  readonly #own: () => number
  /** How far this machine's clock is ahead of the database's, in ms; negative if it is behind. */
  #wrongBy = 0

  constructor(orm: Orm, own = Date.now) {
    this.#orm = orm
    this.#own = own
  }

  readonly now = (): Date => new Date(this.#own() - this.#wrongBy)

  /**
   * Compares this machine's clock with the database's and returns by how many ms it is ahead; 0 if that is within
   * tolerance.
   */
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
