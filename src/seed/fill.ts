import type pg from 'pg'
import { Books, ENTRY_COLUMNS, TOTAL_COLUMNS } from './books.ts'
import { copy } from './copy.ts'
import { GROUP_COLUMNS, groupRows, listsWithSizes } from './groups.ts'
import { LIST_COLUMNS, listRows, PRIMARY_COLUMNS, primaryRows } from './memberships.ts'
import type { Options } from './options.ts'
import { CUSTOMER_COLUMNS, customerRows } from './people.ts'
import { countProducts, PRODUCT_COLUMNS, productRows } from './products.ts'
import type { Progress } from './progress.ts'
import { LINE_COLUMNS, LINES_PER_SALE, lineRows, SALE_COLUMNS, STORES, saleRows } from './sales.ts'
import { SHOP_COLUMNS, shopRows, TILL_COLUMNS, tillRows } from './stores.ts'
import { planVisits } from './visits.ts'

/** Tables whose ids are assigned here, and which continue after the last of them. */
const NUMBERED = ['shop', 'till', 'customer_group', 'customer', 'product', 'sale', 'account_entry']

/** Copies all rows into the emptied tables and returns the number of rows of each. */
export async function fill(client: pg.Client, options: Options, progress: Progress): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [phase, total, columns, rows] of loads(options, progress)) {
    progress.begin(phase, total)
    const [table = ''] = columns.split(' ')
    counts[table] = await copy(client, columns, rows, progress)
    progress.end()
  }
  for (const table of NUMBERED) await continueIds(client, table, counts[table] ?? 0)
  return counts
}

type Load = [phase: string, total: number, columns: string, rows: Iterable<string>]

/** Sales are loaded before customers' totals and accounts, which follow from the sales that were drawn. */
function* loads(options: Options, progress: Progress): Generator<Load> {
  const { customers, sales } = options
  progress.begin('visits', sales)
  const visits = planVisits(options)
  progress.advance(sales)
  progress.end()
  const books = new Books(options)
  yield ['shops', STORES, SHOP_COLUMNS, shopRows()]
  yield ['tills', STORES, TILL_COLUMNS, tillRows()]
  yield ['groups', options.groups, GROUP_COLUMNS, groupRows(options)]
  yield ['products', countProducts(options), PRODUCT_COLUMNS, productRows(options)]
  yield ['sales', sales, SALE_COLUMNS, saleRows(options, visits, (sale) => books.enter(sale))]
  yield ['sale lines', Math.round(sales * LINES_PER_SALE), LINE_COLUMNS, lineRows(options, visits)]
  yield ['customers', customers + 1, CUSTOMER_COLUMNS, customerRows(options)]
  yield ['primary memberships', customers + 1, PRIMARY_COLUMNS, primaryRows(options)]
  yield ['list memberships', countListed(options), LIST_COLUMNS, listRows(options)]
  yield ['totals', customers + 1, TOTAL_COLUMNS, books.totalRows()]
  yield ['account entries', books.entries, ENTRY_COLUMNS, books.entryRows()]
}

function countListed(options: Options): number {
  let count = 0
  for (const { size } of listsWithSizes(options)) count += size
  return count
}

/** Lets a table's ids continue. They are 1, 2, 3 …, so the number of rows is the last id. */
async function continueIds(client: pg.Client, table: string, last: number): Promise<void> {
  await client.query(`alter table ${table} alter column id restart with ${last + 1}`)
}
