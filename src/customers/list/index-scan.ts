import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import type { Paging, Slice } from '../../lib/paging.ts'
import { COLUMNS, IDS, type SortKey, sortValue } from './columns.ts'
import { ask, left, on, probe, probes, type Sought } from './customer-query.ts'
import { all, type Condition } from './filter-conditions.ts'

/** A customer's place in a list. */
export interface Placed {
  id: number
  sortValue: string | null
}

/** What is shown of those who are placed, in their order: a query around the one that places them, so that both are one. */
export type Show<Row extends Placed> = (placed: RawBuilder<Placed>) => RawBuilder<Row>

type WalkedKey = Exclude<SortKey, 'group'>

/** Part of a slice: what the conditions on the sort's own column leave of it. */
interface Stretch extends Pick<Slice, 'orderBy'> {
  sort: WalkedKey
  where: RawBuilder<boolean>
}

/**
 * Goes through the index of a sort, looking at each customer in turn, until a page is full; null if that is not so
 * after so many of them. Those with a value and those without lie in two places; mostly the first alone fills the page.
 */
export async function walk<Row extends Placed>(
  em: Em,
  sought: Sought,
  sort: WalkedKey,
  { slices, limit }: Paging,
  show: Show<Row>,
  most: number | null
): Promise<Row[] | null> {
  const placed: Row[] = []
  for (const slice of slices) {
    const stretch = cut(slice, sort, sought.conditions)
    if (!stretch) continue
    const found = await ask(em, sought, show(walked(sought, stretch, most, limit)))
    placed.push(...found.slice(0, limit - placed.length))
    if (placed.length === limit) return placed
    if (most !== null && (await isLonger(em, sought, stretch, most))) return null
  }
  return placed
}

function cut({ hasValues, where, orderBy }: Slice, sort: WalkedKey, conditions: Condition[]): Stretch | null {
  const bounds = conditions.filter(({ key }) => key === sort)
  if (hasValues) return { sort, orderBy, where: sql.join([where, ...bounds.map((one) => one.where)], sql` and `) }
  return bounds.every((one) => one.keepsMissing) ? { sort, orderBy, where } : null
}

const WALKED = {
  customer: { name: sql`customer`, from: sql`customer` },
  totals: { name: sql`totals`, from: sql`customer_totals totals` }
}

function walked(sought: Sought, stretch: Stretch, most: number | null, limit: number): RawBuilder<Placed> {
  const { conditions, within } = sought
  const { table } = COLUMNS[stretch.sort]
  const id = IDS[table]
  const asked = conditions.filter(({ key }) => key !== stretch.sort)
  const elsewhere = asked.filter((one) => one.table !== table)
  const { name, from } = WALKED[table]
  return sql`
    select ${id} as id, ${sortValue(stretch.sort)} as "sortValue"
    from ${most === null ? from : sql`(select * ${along(stretch)} limit ${sql.lit(most)}) ${name}`}
    ${own(on(table, asked))} ${probes(elsewhere, within, id)}
    where ${stretch.where} and ${left(sought, id)}
    order by ${stretch.orderBy} limit ${sql.lit(limit)}
  `
}

function along({ sort, where, orderBy }: Stretch): RawBuilder<unknown> {
  return sql`from ${WALKED[COLUMNS[sort].table].from} where ${where} order by ${orderBy}`
}

/** What is asked of the very row that is walked over must not lead the planner to another index. */
function own(conditions: Condition[]): RawBuilder<unknown> {
  return conditions.length ? probe('own', sql`where ${all(conditions)}`) : sql``
}

async function isLonger(em: Em, sought: Sought, stretch: Stretch, most: number): Promise<boolean> {
  return (await ask(em, sought, sql`select ${along(stretch)} offset ${sql.lit(most)} limit 1`)).length > 0
}
