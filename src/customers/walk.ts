import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { Paging, Slice } from '../web/paging.ts'
import { COLUMNS, IDS, type SortKey, sortValue } from './columns.ts'
import { all, type Condition } from './matching.ts'
import { on, probe, probes, type Sought } from './sought.ts'

/** A customer's place in a list. */
export interface Placed {
  id: number
  sortValue: string | null
}

/** Those with a value and those without lie in two places of the index; mostly the first alone fills the page. */
export async function walk(em: Em, sought: Sought, sort: SortKey, place: Paging): Promise<Placed[]> {
  if (sort === 'group') return walkGroups(em, sought, place)
  const { slices, limit } = place
  const placed: Placed[] = []
  for (const slice of slices) {
    const bounds = sought.conditions.filter(({ key }) => key === sort)
    if (!slice.hasValues && !bounds.every((one) => one.keepsMissing)) continue
    const cut = slice.hasValues ? bounds.map((one) => one.where) : []
    placed.push(...(await walkSlice(em, sought, sort, slice, cut, limit - placed.length)))
    if (placed.length === limit) break
  }
  return placed
}

const WALKED = { customer: sql`customer`, totals: sql`customer_totals totals` }

async function walkSlice(
  em: Em,
  { conditions, within, except }: Sought,
  sort: Exclude<SortKey, 'group'>,
  { where, orderBy }: Slice,
  cut: RawBuilder<boolean>[],
  limit: number
): Promise<Placed[]> {
  const { table } = COLUMNS[sort]
  const id = IDS[table]
  const others = conditions.filter(({ key }) => key !== sort)
  return rows(
    em,
    sql<Placed>`
    select ${id} as id, ${sortValue(sort)} as "sortValue"
    from ${WALKED[table]} ${own(on(table, others))}
    ${probes(
      others.filter((one) => one.table !== table),
      within,
      id
    )}
    where ${sql.join([where, ...cut], sql` and `)} and ${id} <> all(${except}::int[])
    order by ${orderBy} limit ${limit}
  `
  )
}

/** What is asked of the very row that is walked over must not lead the planner to another index. */
function own(conditions: Condition[]): RawBuilder<unknown> {
  return conditions.length ? probe('own', sql`where ${all(conditions)}`) : sql``
}

const LARGEST_ID = 2_147_483_647

/** One primary group after the other, each walked in the order of its members' ids. */
async function walkGroups(em: Em, sought: Sought, { cursor, isDescending, orderBy, limit }: Paging): Promise<Placed[]> {
  const { conditions, within, except } = sought
  const [further, way] = isDescending ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`]
  const from = cursor && sql`primary_group.name ${further}= ${cursor.value}`
  const after =
    cursor &&
    sql`
    primary_membership.customer_id ${further}
      case when primary_group.name = ${cursor.value} then ${cursor.id}::int else ${isDescending ? LARGEST_ID : 0}::int end
  `
  const lists = within.filter((group) => group.isList)
  const only = within.filter((group) => !group.isList).map(({ groupId }) => sql`primary_group.id = ${groupId}`)
  return rows(
    em,
    sql<Placed>`
    select ${IDS.group} as id, primary_group.name as "sortValue"
    from customer_group primary_group cross join lateral (
      select ${IDS.group} from primary_membership ${probes(conditions, lists, IDS.group)}
      where ${sql.join([sql`primary_membership.group_id = primary_group.id`, ...(after ? [after] : [])], sql` and `)}
        and ${IDS.group} <> all(${except}::int[])
      order by ${IDS.group} ${way} limit ${limit}
    ) primary_membership
    where ${sql.join([sql`primary_group.kind = 'primary'`, ...(from ? [from] : []), ...only], sql` and `)}
    order by ${orderBy} limit ${limit}
  `
  )
}
