import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Found, Paging } from '../web/paging.ts'
import { COLUMNS, IDS, type SortKey, sortValue } from './columns.ts'
import { areFew, everyMatching, knownSize, matching, type Sought } from './sought.ts'
import { type Placed, walk } from './walk.ts'

interface FoundPage {
  placed: Placed[]
  found: Found
}

/** More than this are counted only when somebody asks. */
const MOST_COUNTED = 10_000

/**
 * Who is on a page. Few customers are all read and sorted; of many, the index of the sort is walked until the page is
 * full. Which of the two it is, is decided by exact numbers.
 */
export async function findPage(em: Em, sought: Sought, sort: SortKey, place: Paging): Promise<FoundPage> {
  const size = knownSize(sought)
  if (size === null || areFew(size, sought.everyone)) {
    const { found, placed } = await gather(em, sought, sort, place)
    if (found <= MOST_COUNTED) return { placed, found: { count: found, isMore: false } }
  }
  const placed = await walk(em, sought, sort, place)
  return { placed, found: size === null ? { count: MOST_COUNTED, isMore: true } : { count: size, isMore: false } }
}

/** However many they are. */
export async function countAll(em: Em, sought: Sought): Promise<number> {
  const counted = sql<{ count: number }>`select count(*)::int as count from (${everyMatching(sought)}) matching`
  return (await row(em, counted))?.count ?? 0
}

const JOINED = {
  customer: sql`join customer on customer.id = matching.id`,
  totals: sql`join customer_totals totals on totals.customer_id = matching.id`,
  group: sql`
    join primary_membership on primary_membership.customer_id = matching.id
    join customer_group primary_group on primary_group.id = primary_membership.group_id
  `
}

async function gather(em: Em, sought: Sought, sort: SortKey, { where, orderBy, limit }: Paging) {
  const { table } = COLUMNS[sort]
  const gathered = await rows(
    em,
    sql<{ found: number; id: number | null; sortValue: string | null }>`
    with matching as materialized (${matching(sought)} limit ${MOST_COUNTED + 1}),
      sized as (select count(*)::int as found from matching)
    select sized.found, page.*
    from sized left join lateral (
      select ${IDS[table]} as id, ${sortValue(sort)} as "sortValue" from matching ${JOINED[table]}
      where sized.found <= ${MOST_COUNTED} and ${where} order by ${orderBy} limit ${limit}
    ) page on true
  `
  )
  const placed = gathered.flatMap(({ id, sortValue }) => (id === null ? [] : [{ id, sortValue }]))
  return { found: gathered[0]?.found ?? 0, placed }
}
