import { type EntityName, MikroORM } from '@mikro-orm/postgresql'
import type { Pool } from 'pg'
import { openPoolByIndex } from './by-index.ts'
import { endWithConnection, giveBackLost } from './connections.ts'
import { namePrepared } from './prepared.ts'
import { CONNECTION_OPTIONS, type Pulse } from './pulse.ts'

/**
 * How long, in ms, a statement of a page may take, and how long it may wait for a lock before the page says who is in
 * the way (docs/rules.md, 19).
 */
export interface Deadlines {
  statement: number
  lock: number
}
const PATIENCE: Deadlines = { statement: 30_000, lock: 2_000 }

/**
 * The number of connections that stay open when it is quiet; others close after 10 s. The first page after a quiet time
 * finds its queries still prepared on them: a page uses one or two, and two more keep the figures up to date.
 */
const STAY_OPEN = 4

/** Opens an ORM. If it has a pulse, no query waits for a database that does not answer. */
export function connect(url: string, entities: EntityName[], pulse?: Pulse, { statement, lock } = PATIENCE) {
  const pools: Pool[] = []
  const orm = new MikroORM({
    entities,
    clientUrl: url,
    pool: { min: STAY_OPEN, max: 10 },
    driverOptions: {
      ...CONNECTION_OPTIONS,
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
  // Kysely ends its pool only if it has asked over it, but most queries go past kysely.
  const close = orm.close.bind(orm)
  orm.close = async (force) => {
    await close(force)
    await Promise.all(pools.filter(({ ending }) => !ending).map((pool) => pool.end()))
  }
  /** How many connections the pools hold. */
  const held = () => pools.reduce((sum, pool) => sum + pool.totalCount, 0)
  return Object.assign(orm, { held })
}

export type Orm = ReturnType<typeof connect>
export type Em = ReturnType<Orm['em']['fork']>
