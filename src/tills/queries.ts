import { sql } from 'kysely'
import { likePattern } from '../db/like.ts'
import type { Em } from '../db/orm.ts'
import { rows, together } from '../db/rows.ts'
import { type Page, type PageRequest, paging, type SortColumn, toPage } from '../lib/paging.ts'
import type { ShopFilter } from './filter.ts'
import type { Scope } from './scopes.ts'
import type { Shop } from './shop.ts'
import { Till } from './till.ts'

/** With its shop. */
export async function findTill(em: Em, id: number): Promise<Till & { shop: Shop }> {
  return em.findOneOrFail(Till, id, { populate: ['shop'] })
}

interface Listed {
  id: number
  name: string
  isClosed: boolean
  /** How many keys let somebody in, unless the shop or the till is closed. */
  keys: number
  /** ISO 8601. */
  lastUsedAt: string | null
  sortValue: string
}

export type ListedTill = Listed
export type ListedShop = Listed & { tills: number }

const SHOPS_BY_NAME: SortColumn = { expression: sql`shop.name`, type: 'text', first: 'asc' }
/** Till 2 before Till 10: by the first number in the name, then by name. */
const NUMBERED = sql`lpad(coalesce(substring(till.name from '\\d+'), ''), 12, '0') || till.name collate people`
const TILLS_BY_NUMBER: SortColumn = { expression: NUMBERED, type: 'text', first: 'asc' }

const isValid = (now: Date) => sql<boolean>`till_key.ends_at is null or till_key.ends_at > ${now}`

/** One page of the shops, by name, with how many there are in all. */
export async function listShops(
  em: Em,
  { values: { q }, place }: ShopFilter,
  now: Date
): Promise<{ shops: Page<ListedShop>; found: number; total: number }> {
  const at = paging(SHOPS_BY_NAME, 'asc', sql`shop.id`, place)
  const named = q ? sql<boolean>`search_text(shop.name) like '%' || ${likePattern(q)} || '%'` : sql<boolean>`true`
  const { shops, counts } = await together(em, {
    shops: sql<ListedShop>`
      select shop.id, shop.name, shop.closed_at is not null as "isClosed", tills, keys, "lastUsedAt", shop.name as "sortValue"
      from shop left join lateral (
        select count(distinct till.id)::int as tills, count(till_key.id) filter (where ${isValid(now)})::int as keys,
          max(till_key.last_used_at) as "lastUsedAt"
        from till left join till_key on till_key.till_id = till.id where till.shop_id = shop.id
      ) counted on true
      where ${named} and ${at.where} order by ${at.orderBy} limit ${at.limit}
    `,
    counts: sql<{ found: number; total: number }>`
      select count(*) filter (where ${named})::int as found, count(*)::int as total from shop
    `
  })
  return { shops: toPage(shops, at), found: counts[0]?.found ?? 0, total: counts[0]?.total ?? 0 }
}

/** One page of a shop's tills, by number, with how many there are in all. */
export async function listTills(
  em: Em,
  shopId: number,
  place: PageRequest,
  now: Date
): Promise<{ tills: Page<ListedTill>; total: number }> {
  const at = paging(TILLS_BY_NUMBER, 'asc', sql`till.id`, place)
  const { tills, counts } = await together(em, {
    tills: sql<ListedTill>`
      select till.id, till.name, till.closed_at is not null as "isClosed", keys, "lastUsedAt", ${NUMBERED} as "sortValue"
      from till left join lateral (
        select count(*) filter (where ${isValid(now)})::int as keys, max(last_used_at) as "lastUsedAt"
        from till_key where till_id = till.id
      ) counted on true
      where till.shop_id = ${shopId} and ${at.where} order by ${at.orderBy} limit ${at.limit}
    `,
    counts: sql<{ total: number }>`select count(*)::int as total from till where shop_id = ${shopId}`
  })
  return { tills: toPage(tills, at), total: counts[0]?.total ?? 0 }
}

export interface ListedKey {
  id: number
  hint: string
  scopes: Scope[]
  createdAt: string
  /** Null if it was made by the command. */
  createdBy: string | null
  endsAt: string | null
  isValid: boolean
  lastUsedAt: string | null
}

/** What a page shows of a till that has had many: all that are valid, and the latest of those that have ended. */
const MOST_KEYS = 25

export async function listKeys(em: Em, tillId: number, now: Date): Promise<ListedKey[]> {
  return rows(
    em,
    sql<ListedKey>`
    select till_key.id, hint, scopes, till_key.created_at as "createdAt", maker.name as "createdBy", ends_at as "endsAt",
      (${isValid(now)}) as "isValid", last_used_at as "lastUsedAt"
    from till_key left join staff_member maker on maker.id = till_key.created_by
    where till_id = ${tillId} order by (${isValid(now)}) desc, till_key.id desc limit ${MOST_KEYS}
  `
  )
}

/** All shops by name, at most 200, to choose among. */
export async function listShopChoices(em: Em): Promise<{ id: number; name: string }[]> {
  return rows(em, sql<{ id: number; name: string }>`select id, name from shop order by name, id`)
}
