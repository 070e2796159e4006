import { type RawBuilder, sql } from 'kysely'
import pg, { type Pool } from 'pg'
import type { Em } from './orm.ts'
import { prepared } from './prepared.ts'
import { rows, rowsOver } from './rows.ts'

const BY_INDEX = {
  enable_seqscan: 'off',
  random_page_cost: '1.1',
  jit: 'off',
  max_parallel_workers_per_gather: '0'
}

const READ_ONLY = { default_transaction_read_only: 'on' }

/**
 * More connections would not bring answers sooner, and this many slow searches leave the database time for everything
 * else.
 */
const MOST = 6
const STAY_OPEN = 2

const pools = new WeakMap<Pool, Pool>()

/**
 * Opens a pool, beside another, for reading big tables a page at a time by walking their indexes. With its usual
 * settings the planner reads a whole table wherever its statistics, stale after every bulk change, promise enough
 * matches early on. The pool is separate because setting this for each query would need a transaction around it, which
 * takes longer than the query.
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
  // A query over a lost connection fails by itself. The error of an idle one concerns nobody, as another is opened in
  // its place.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
  })
  prepare(pool)
  pools.set(other, pool)
  return pool
}

/**
 * Runs a query as rows() does, over connections whose planner prefers indexes. It can't be called within a transaction.
 */
export async function rowsByIndex<Row>(em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  const pool = pools.get(await em.getConnection().getNativeClient())
  if (!pool || em.isInTransaction())
    throw new Error('Lists are read outside of transactions, with an ORM of createOrm()')
  return rowsOver(pool, em, query)
}

/**
 * For changes in steps: until em's transaction ends, each step finds its own rows in the order of an index. The planner
 * expects every page to be on disk, so it would read whole tables for each step or sort all remaining rows.
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

/** Makes the planner prefer indexes until em's transaction ends. */
export async function preferIndexes(em: Em): Promise<void> {
  const settings = sql.join(Object.entries(BY_INDEX).map(([name, setting]) => sql`(${name}, ${setting})`))
  await rows(
    em,
    prepared(sql`select set_config(name, setting, true) from (values ${settings}) setting (name, setting)`)
  )
}
