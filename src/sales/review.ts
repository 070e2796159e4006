import { type RawBuilder, sql } from 'kysely'
import { note } from '../activity/note.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import type { Decimal } from '../lib/format.ts'
import { type Page, type PageRequest, paging, type SortColumn, toPage } from '../lib/paging.ts'

/** Something that a till told, and that policy would have refused, or that is no sale at all. */
export interface ReviewItem {
  id: number
  notedAt: string
  shop: string
  till: string
  /** What programs know it by; src/pages/review.ts has words for it. */
  code: string
  /** A sentence. */
  detail: string
  /** The money at stake; null of what is no sale. */
  amount: Decimal | null
  /** Null of what is no sale. */
  receipt: string | null
  /** Whose account of sales has it; null for whoever has been erased, and for what is no sale. */
  buyerId: number | null
  customerId: number | null
  customer: string | null
  /** As it was received, where it is no sale; null once its customer has been erased. */
  received: string | null
  settledAt: string | null
  settledBy: string | null
  sortValue: string
}

export interface ReviewScope {
  /** Those that somebody has settled, instead of those that nobody has. */
  isSettled: boolean
  shopId?: number | undefined
}

const BY_ARRIVAL = { expression: sql`review.id`, type: 'integer', first: 'desc' } as const satisfies SortColumn

/** One page of what stands in To review, the newest first. */
export async function listReview(em: Em, scope: ReviewScope, place: PageRequest): Promise<Page<ReviewItem>> {
  const page = paging(BY_ARRIVAL, BY_ARRIVAL.first, sql`review.id`, place)
  const found = await rows(
    em,
    sql<ReviewItem>`
    select review.id::float8 as id, review.noted_at as "notedAt", shop.name as shop, till.name as till, review.code, review.detail,
      review.amount, sale.receipt, sale.customer_id as "buyerId", customer.id as "customerId", customer.name as customer,
      review.received::text as received, review.settled_at as "settledAt", person.name as "settledBy", review.id::text as "sortValue"
    from (
      select review.* from review where ${within(scope)} and ${page.where} order by ${page.orderBy} limit ${page.limit}
    ) review
    join till on till.id = review.till_id join shop on shop.id = till.shop_id
    left join sale on sale.id = review.sale_id
    left join customer on customer.id = review.customer_id and customer.id <> ${WALK_IN_CUSTOMER}
    left join staff_member person on person.id = review.settled_by
    order by ${page.orderBy}
  `
  )
  return toPage(found, page)
}

function within({ isSettled, shopId }: ReviewScope): RawBuilder<boolean> {
  const state = isSettled ? sql`settled_at is not null` : sql`settled_at is null`
  if (shopId === undefined) return sql<boolean>`${state}`
  return sql<boolean>`${state} and till_id in (select id from till where shop_id = ${shopId})`
}

/** How many nobody has settled. */
export async function countOpen(em: Em): Promise<number> {
  const found = await row(
    em,
    sql<{ count: number }>`select count(*)::int as count from review where settled_at is null`
  )
  return found?.count ?? 0
}

/**
 * Settles some of them, as somebody has looked at them, or reopens them; in Activity too.
 * @returns how many it changed.
 */
export async function settle(em: Em, ids: number[], isSettled: boolean, actor: Actor): Promise<number> {
  const [at, by, was] = isSettled ? [actor.now, actor.id, sql`is null`] : [null, null, sql`is not null`]
  return em.transactional(async (inner) => {
    const changed = await rows(
      inner,
      sql`
      update review set settled_at = ${at}, settled_by = ${by}::int
      from (select id from review where id = any(${ids}::bigint[]) and settled_at ${was} order by id for update) held
      where review.id = held.id returning review.id
    `
    )
    if (changed.length > 0) {
      const notes = changed.length === 1 ? '1 note' : `${changed.length} notes`
      const done = `${isSettled ? 'settled' : 'reopened'} ${notes} in To review`
      await note(inner, 'reviewed', actor, { details: { by: done } })
    }
    return changed.length
  })
}
