/** How a page that is sorted by primary group is found: group after group by name, each by the index of its members. */
import { type RawBuilder, sql } from 'kysely'
import type { Paging } from '../../lib/paging.ts'
import { IDS } from './column.ts'
import type { CustomerQuery } from './customer-query.ts'
import { lookups, notExcluded } from './customer-query-sql.ts'
import type { RowKey } from './sorts.ts'

const LARGEST_ID = 2_147_483_647

/** The keys of a page's rows, as a query: the members of each primary group in the order of their ids. */
export function scanByGroup(
  query: CustomerQuery,
  { cursor, isDescending, orderBy, limit }: Paging
): RawBuilder<RowKey> {
  const { conditions, within } = query
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
  return sql`
    select ${IDS.group} as id, primary_group.name as "sortValue"
    from customer_group primary_group cross join lateral (
      select ${IDS.group} from primary_membership ${lookups(conditions, lists, IDS.group)}
      where ${sql.join([sql`primary_membership.group_id = primary_group.id`, ...(after ? [after] : [])], sql` and `)}
        and ${notExcluded(query, IDS.group)}
      order by ${IDS.group} ${way} limit ${sql.lit(limit)}
    ) primary_membership
    where ${sql.join([sql`primary_group.kind = 'primary'`, ...(from ? [from] : []), ...only], sql` and `)}
    order by ${orderBy} limit ${sql.lit(limit)}
  `
}
