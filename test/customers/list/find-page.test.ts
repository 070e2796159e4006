import { sql } from 'kysely'
import t from 'tap'
import { IDS } from '../../../src/customers/list/column.ts'
import type { MemberSet } from '../../../src/customers/list/customer-query.ts'
import { CustomerFilter } from '../../../src/customers/list/filter.ts'
import { allOf, conditionsOf } from '../../../src/customers/list/filter-conditions.ts'
import { findPage } from '../../../src/customers/list/find-page.ts'
import { type RowKey, SORTS, type SortKey, sortValue } from '../../../src/customers/list/sorts.ts'
import { rows } from '../../../src/db/rows.ts'
import { type Direction, type PageRequest, paging, toPage } from '../../../src/lib/paging.ts'
import { testApp } from '../../helper.ts'
import { addGroup, addList } from '../../shop.ts'

// Every way through a list, in the order and with the customers that one plain query has.
const PEOPLE = 90
const CALENDAR = { today: '2026-03-02', timeZone: 'America/New_York' }
const KEYS = Object.keys(SORTS) as SortKey[]
const WAYS = [
  { counted: 10_000, scanned: 5_000, sorted: 50_000 },
  { counted: 5, scanned: 7, sorted: 20_000 },
  { counted: 5, scanned: 7, sorted: 6 }
]

const { em } = await testApp(t)
const vip = await addGroup(em, 'VIP')
const alpha = await addGroup(em, 'Alpha')
const news = await addList(em, 'News')
await addCrowd()

async function addCrowd(): Promise<void> {
  await em.transactional(async (inner) => {
    await rows(
      inner,
      sql`
      insert into customer (first_name, email, birth_date, gender, location, created_at)
      select (array['Ann', 'ann', 'Éva', 'Zoe'])[1 + n % 4] || case when n % 7 = 0 then ' ' || n else '' end,
        'person' || n || '@example.com', case when n % 3 > 0 then date '1990-01-01' + n % 4 end,
        (array['female', 'male', 'other', null])[1 + n % 4], (array['Rome', 'Århus', null])[1 + n % 3],
        timestamptz '2026-01-01' + n * interval '1 hour'
      from generate_series(1, ${PEOPLE}) n
    `
    )
    await rows(
      inner,
      sql`
      insert into primary_membership (customer_id, group_id, joined_at)
      select id, (array[1, ${vip}, ${alpha}, ${vip}])[1 + id % 4]::int, now() from customer where id <> 1
    `
    )
    await rows(
      inner,
      sql`
      insert into list_membership (customer_id, group_id, joined_at)
      select id, ${news}::int, now() from customer where id <> 1 and id % 5 <> 0
    `
    )
    await rows(
      inner,
      sql`
      insert into customer_totals (customer_id, orders, spent, last_order_at)
      select id, id % 2, id % 4 / 3.0, case when id % 3 > 0 then timestamptz '2026-01-01' + id % 5 * interval '1 microsecond' end
      from customer where id <> 1
    `
    )
  })
}

const counted = async (group: number) => {
  const [found] = await rows(em, sql<{ n: number }>`select count(*)::int n from membership where group_id = ${group}`)
  return found?.n ?? 0
}
const inVip: MemberSet = { groupId: vip, isList: false, size: await counted(vip) }
const inNews: MemberSet = { groupId: news, isList: true, size: await counted(news) }
const nobody: MemberSet = { groupId: 0, isList: false, size: 0 }

async function expected(filter: CustomerFilter, within: MemberSet[]): Promise<number[]> {
  const column = SORTS[filter.sort]
  const { orderBy } = paging(column, filter.direction, IDS[column.table], {})
  const groups = within.map(
    ({ groupId }) => sql`customer.id in (select customer_id from membership where group_id = ${groupId})`
  )
  const found = await rows(
    em,
    sql<RowKey>`
    select customer.id, ${sortValue(filter.sort)} as "sortValue"
    from customer join customer_totals totals on totals.customer_id = customer.id
      join primary_membership on primary_membership.customer_id = customer.id
      join customer_group primary_group on primary_group.id = primary_membership.group_id
    where ${sql.join([allOf(conditionsOf(filter, CALENDAR, null)), sql`customer.id <> 1`, ...groups], sql` and `)}
    order by ${orderBy}
  `
  )
  return found.map(({ id }) => id)
}

type Limits = (typeof WAYS)[number]

async function turned(filter: CustomerFilter, within: MemberSet[], limits: Limits): Promise<[number[], number[][]]> {
  const column = SORTS[filter.sort]
  const query = { conditions: conditionsOf(filter, CALENDAR, null), within, except: [1], everyone: PEOPLE }
  const at = async (place: PageRequest) => {
    const asked = paging(column, filter.direction, IDS[column.table], place)
    const { rows } = await findPage(em, query, filter.sort, asked, (keys) => keys, limits)
    return toPage(rows, asked)
  }
  const forward = [await at({})]
  for (let next = forward[0]?.next; next; next = forward.at(-1)?.next) forward.push(await at({ after: next }))
  const back = []
  let previous = forward.at(-1)?.previous
  while (previous) {
    const page = await at({ before: previous })
    back.unshift(page)
    previous = page.previous
  }
  const ids = (page: { rows: RowKey[] }) => page.rows.map(({ id }) => id)
  return [forward.flatMap(ids), [...back, ...forward.slice(-1)].map(ids)]
}

async function wrongIn(query: Record<string, string>, within: MemberSet[]): Promise<string[]> {
  const wrong: string[] = []
  for (const sort of KEYS) {
    for (const dir of ['asc', 'desc'] as Direction[]) {
      const filter = CustomerFilter.from({ ...query, sort, dir })
      const right = await expected(filter, within)
      for (const [way, limits] of WAYS.entries()) {
        const [forward, back] = await turned(filter, within, limits)
        if (String(forward) !== String(right)) wrong.push(`${sort} ${dir}, way ${way}: ${forward} but not ${right}`)
        if (String(back.flat()) !== String(right)) wrong.push(`${sort} ${dir}, way ${way}, on the way back`)
      }
    }
  }
  return wrong
}

for (const [name, within] of [
  ['all customers', []],
  ['a primary group', [inVip]],
  ['a list', [inNews]],
  ['a list and a primary group', [inNews, inVip]],
  ['a group that is filtered by itself', [inVip, inVip]],
  ['nobody', [nobody]]
] as [string, MemberSet[]][]) {
  t.test(`${name}: each sort goes through everyone once, both ways, however it is read`, async (t) => {
    t.same(await wrongIn({}, within), [])
  })
}

const QUERIES: Record<string, string>[] = [
  { gender: 'female' },
  { gender: 'not-said', 'orders-from': '1' },
  { 'not-ordered-within': '1' },
  { 'ordered-within': '365', 'age-from': '30' },
  { q: 'an', 'spent-to': '1' },
  { q: 'example', location: 'Rome', 'since-from': '2026-01-02' }
]

for (const query of QUERIES) {
  t.test(`so it is with ${new URLSearchParams(query)}, in a list as well`, async (t) => {
    t.same(await wrongIn(query, []), [])
    t.same(await wrongIn(query, [inNews]), [])
  })
}
