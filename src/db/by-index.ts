import { type RawBuilder, sql } from 'kysely'
import pg, { type Pool } from 'pg'
import type { Em } from './orm.ts'
import { preparedRows, rows, rowsOver } from './rows.ts'

const BY_INDEX = {
  enable_seqscan: 'off',
  random_page_cost: '1.1',
  jit: 'off',
  max_parallel_workers_per_gather: '0'
}

const READ_ONLY = { default_transaction_read_only: 'on' }

/** More at once would not be sooner there; and this many slow searches leave the database time for all else. */
const MOST = 6
const STAY_OPEN = 2

const pools = new WeakMap<Pool, Pool>()

/**
 * Opens a pool beside another whose connections read big tables a page at a time: each query walks indexes. The planner would
 * else read a whole table wherever its statistics, stale after every bulk change, promise enough matches early on. Connections
 * of their own, as to say so anew for each query would take a transaction around it, and most of its time.
 */
export function openPoolByIndex(other: Pool, prepare: (pool: Pool) => void): Pool {
  const { password } = other.options
  const settings = Object.entries({ ...READ_ONLY, ...BY_INDEX }).map(([name, setting]) => `-c ${name}=${setting}`)
  const pool = new pg.Pool({
    ...other.options,
    password,
    options: [process.env.PGOPTIONS, ...settings].filter(Boolean).join(' '),
    min: STAY_OPEN,
    max: MOST
  })
  // Whoever asks over a connection that is lost is told; one that is idle is nobody's, and another is opened in its place.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
  })
  prepare(pool)
  pools.set(other, pool)
  return pool
}

/** As rows(), by indexes alone. */
export async function rowsByIndex<Row>(em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  const pool = pools.get(await em.getConnection().getNativeClient())
  if (!pool || em.isInTransaction())
    throw new Error('Lists are read outside of transactions, with an ORM of createOrm()')
  return rowsOver(pool, em, query)
}

/**
 * For changes in steps, from here to the end of em's transaction: each step looks its own rows up, in the order of an index.
 * The planner, which takes every page to be on disk, would else read whole tables for each step, or sort all that is left.
 */
export async function stepByIndex(em: Em): Promise<void> {
  await rows(
    em,
    sql`
    select set_config(name, setting, true) from (values
      ('seq_page_cost', '0.1'), ('random_page_cost', '0.1'), ('enable_bitmapscan', 'off')
    ) setting (name, setting)
  `
  )
}

/** From here to the end of em's transaction. */
export async function preferIndexes(em: Em): Promise<void> {
  const settings = sql.join(Object.entries(BY_INDEX).map(([name, setting]) => sql`(${name}, ${setting})`))
  await preparedRows(em, sql`select set_config(name, setting, true) from (values ${settings}) setting (name, setting)`)
}
