import pg from 'pg'
import { StartError } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { countFigures } from './figures.ts'
import { fill } from './fill.ts'
import type { Options } from './options.ts'
import { markSeeded, refuseRealRetailer, SEEDED_NAME } from './permission.ts'
import type { Progress } from './progress.ts'
import { hireStaff } from './staff.ts'
import { buildStructure, dropStructure, validateAll } from './structure.ts'

/** The tables that become large. */
const FILLED = [
  ...['customer', 'primary_membership', 'list_membership', 'customer_totals'],
  ...['product', 'sale', 'sale_key', 'sale_line', 'customer_shop', 'account_entry', 'group_product']
]

/** All tables of a retailer. Tables that refer to these are emptied with them. */
const EMPTIED = [
  ...[...FILLED, 'shop', 'till', 'review', 'customer_group', 'retailer', 'staff_member', 'form_key'],
  ...['group_figures', 'group_top_product', 'count_change', 'spend_change', 'product_change', 'erased_line', 'place']
]

const LOCK_TIMEOUT = '10s'
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Migrates the database and replaces what it holds by the made-up retailer, completely or not at all. Returns the
 * number of rows of each table.
 * @throws StartError if the database belongs to somebody else or is in use.
 */
export async function seed(url: string, options: Options, progress: Progress): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'seed' })
  client.on('error', () => {})
  await client.connect()
  try {
    await refuseRealRetailer(client, options.into)
    await migrate(url)
    await client.query('begin')
    const counts = await replaceEverything(client, options, progress)
    await client.query('commit')
    return counts
  } catch (error) {
    throw isLockTimeout(error) ? new StartError(BUSY) : error
  } finally {
    await client.end()
  }
}

const BUSY = 'Others are using this database. Stop what is running on it, then try again.'

const isLockTimeout = (error: unknown) => error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE

async function replaceEverything(client: pg.Client, options: Options, progress: Progress) {
  // This memory is for building indexes and for counting.
  await client.query(`set local maintenance_work_mem = '512MB'`)
  await client.query(`set local work_mem = '512MB'`)
  await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`)
  await client.query('lock table retailer in access exclusive mode')
  // This is checked again now that nobody else can set up a retailer.
  await refuseRealRetailer(client, options.into)
  await client.query(`truncate ${EMPTIED.join(', ')} restart identity cascade`)
  const parts = await dropStructure(client, FILLED)
  await client.query(RETAILER, [SEEDED_NAME])
  await hireStaff(client, options)
  const counts = await fill(client, options, progress)
  counts.group_product = await countFigures(client, progress)
  await buildStructure(client, parts, progress)
  await validateAll(client)
  // The trigger that fills this table was disabled while customers were loaded.
  await client.query(
    `insert into place select location, search_text(location) from (select distinct location from customer) found where location is not null`
  )
  await markSeeded(client)
  progress.begin('analyze', EMPTIED.length)
  await client.query(`analyze ${EMPTIED.join(', ')}`)
  progress.advance(EMPTIED.length)
  progress.end()
  return counts
}

const RETAILER = `
  insert into retailer (name, country, time_zone, currency, locale) values ($1, 'US', 'America/New_York', 'USD', 'en-US')
`
