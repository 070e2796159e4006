import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Paging, Slice } from '../web/paging.ts'
import { COLUMNS, IDS, type SortKey, sortValue } from './columns.ts'
import { all, type Condition } from './matching.ts'
import { left, on, probe, probes, type Sought } from './sought.ts'

/** A customer's place in a list. */
export interface Placed {
  id: number
  sortValue: string | null
}

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
export async function walk(
  em: Em,
  sought: Sought,
  sort: WalkedKey,
  { slices, limit }: Paging,
  most: number | null
): Promise<Placed[] | null> {
  const placed: Placed[] = []
  for (const slice of slices) {
    const stretch = cut(slice, sort, sought.conditions)
    if (!stretch) continue
    placed.push(...(await walkStretch(em, sought, stretch, most, limit - placed.length)))
    if (placed.length === limit) return placed
    if (most !== null && (await isLonger(em, stretch, most))) return null
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

async function walkStretch(
  em: Em,
  sought: Sought,
  stretch: Stretch,
  most: number | null,
  limit: number
): Promise<Placed[]> {
  const { conditions, within } = sought
  const { table } = COLUMNS[stretch.sort]
  const id = IDS[table]
  const asked = conditions.filter(({ key }) => key !== stretch.sort)
  const elsewhere = asked.filter((one) => one.table !== table)
  const { name, from } = WALKED[table]
  return rows(
    em,
    sql<Placed>`
    select ${id} as id, ${sortValue(stretch.sort)} as "sortValue"
    from ${most === null ? from : sql`(select * ${along(stretch)} limit ${most}) ${name}`}
    ${own(on(table, asked))} ${probes(elsewhere, within, id)}
    where ${stretch.where} and ${left(sought, id)}
    order by ${stretch.orderBy} limit ${limit}
  `
  )
}

function along({ sort, where, orderBy }: Stretch): RawBuilder<unknown> {
  return sql`from ${WALKED[COLUMNS[sort].table].from} where ${where} order by ${orderBy}`
}

/** What is asked of the very row that is walked over must not lead the planner to another index. */
function own(conditions: Condition[]): RawBuilder<unknown> {
  return conditions.length ? probe('own', sql`where ${all(conditions)}`) : sql``
}

async function isLonger(em: Em, stretch: Stretch, most: number): Promise<boolean> {
  return (await row(em, sql`select ${along(stretch)} offset ${most} limit 1`)) !== undefined
}
