import { type EntityName, MikroORM } from '@mikro-orm/postgresql'
import type { Pool } from 'pg'
import { openPoolByIndex } from './by-index.ts'
import { endWithConnection, giveBackLost } from './connections.ts'
import { namePrepared } from './prepared.ts'
import { type Pulse, REACHING } from './pulse.ts'

/** How many ms at most a page's statement takes, and waits for whoever holds what it needs: then it is told (docs/rules.md, 19). */
export interface Patience {
  statement: number
  lock: number
}
const PATIENCE: Patience = { statement: 30_000, lock: 2_000 }

/**
 * Connections that a quiet time does not close (others go after 10 s): what the first page after it asks is prepared on them. A page
 * asks over one or two, and two more take changes into the figures.
 */
const STAY_OPEN = 4

/** With a pulse, nobody waits for a database that does not answer. */
export function connect(url: string, entities: EntityName[], pulse?: Pulse, { statement, lock } = PATIENCE) {
  const pools: Pool[] = []
  const orm = new MikroORM({
    entities,
    clientUrl: url,
    pool: { min: STAY_OPEN, max: 10 },
    driverOptions: {
      ...REACHING,
      onConnect: endWithConnection,
      onPoolCreated: (pool: Pool) => {
        const prepare = (one: Pool) => {
          one.on('connect', namePrepared)
          giveBackLost(one)
          pulse?.connections.watch(one)
        }
        prepare(pool)
        pools.push(pool, openPoolByIndex(pool, prepare))
      },
      application_name: 'clientele',
      statement_timeout: statement,
      lock_timeout: lock,
      idle_in_transaction_session_timeout: statement
    }
  })
  // Kysely ends its pool only if it has asked over it, and most of what we ask goes past it.
  const close = orm.close.bind(orm)
  orm.close = async (force) => {
    await close(force)
    await Promise.all(pools.filter(({ ending }) => !ending).map((pool) => pool.end()))
  }
  /** How many connections its pools hold. */
  const held = () => pools.reduce((sum, pool) => sum + pool.totalCount, 0)
  return Object.assign(orm, { held })
}

export type Orm = ReturnType<typeof connect>
export type Em = ReturnType<Orm['em']['fork']>
