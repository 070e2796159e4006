import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { decodeCursor } from '../../lib/cursor.ts'
import { type Found, type Place, paging, type SortColumn } from '../../lib/paging.ts'
import { COLUMNS, IDS } from './columns.ts'
import { ask, matching, type Sought } from './customer-query.ts'
import { type FoundPage, LIMITS, placeMany } from './find-page.ts'
import type { Placed, Show } from './index-scan.ts'
import { rankOf, ranksOf } from './relevance.ts'

/** So many are put in order; who has not found somebody among them types on, or sorts. */
export const MOST_RANKED = 200

/** A page is found by its place among them. */
const BY_PLACE = { expression: sql`ranked.place`, type: 'integer', first: 'asc' } as const satisfies SortColumn
const byName = paging(COLUMNS.name, 'asc', IDS.customer, {})

/** To walk so far along the names for each that is needed finds whoever is not rare; who is rare is read by index. */
const WALKED_FOR_ONE = 120

export const bestPaging = (place: Place) =>
  paging(BY_PLACE, 'asc', sql<number>`ranked.id`, isAmongNames(place) ? {} : place)

/** An address kept from when searches came by name: its page is the first one now. */
function isAmongNames({ after, before }: Place): boolean {
  const cursor = decodeCursor(after ?? before, COLUMNS.name)
  return cursor !== null && !/^\d+$/.test(cursor.value ?? '')
}

/**
 * The page of those who fit a search best: by rank, then by name. If few are found, all of them are ranked; of many, one rank
 * after the other is filled.
 */
export async function findBest<Row extends Placed>(
  em: Em,
  sought: Sought,
  q: string,
  place: Place,
  show: Show<Row>,
  limits = LIMITS
): Promise<FoundPage<Row>> {
  const ranks = ranksOf(q)
  const { found, placed } = await rankAll(em, sought, ranks, place, show, limits.counted)
  if (placed) return { placed, found: { count: found, isMore: false } }
  const ids = await fillRanks(em, sought, ranks, neededFor(place), limits)
  const ranked = sql`select id, place::int as place from unnest(${ids}::int[]) with ordinality ranked (id, place)`
  const isMany: Found = { count: limits.counted, isMore: true }
  return { placed: await ask(em, sought, show(pageOf(sql`(${ranked}) ranked`, place))), found: isMany }
}

function pageOf(ranked: RawBuilder<unknown>, place: Place): RawBuilder<Placed> {
  const { where, orderBy, limit } = bestPaging(place)
  return sql`
    select ranked.id, ranked.place::text as "sortValue" from ${ranked} where ${where} order by ${orderBy} limit ${sql.lit(limit)}
  `
}

async function rankAll<Row extends Placed>(
  em: Em,
  sought: Sought,
  ranks: RawBuilder<boolean>[],
  place: Place,
  show: Show<Row>,
  counted: number
) {
  const most = sql.lit(counted)
  const rows = await ask(
    em,
    sought,
    sql<{ found: number } & (Row | { id: null })>`
    with matching as materialized (${matching(sought)} limit ${most} + 1),
      sized as (select count(*)::int as found from matching),
      best as (
        select customer.id from sized, matching
        cross join lateral (select * from customer where id = matching.id offset 0) customer
        where sized.found <= ${most}
        order by ${rankOf(ranks)}, customer.name, customer.id limit ${sql.lit(MOST_RANKED)}
      ),
      ranked as (select id, row_number() over ()::int as place from best)
    select sized.found, page.* from sized left join lateral (${show(pageOf(sql`ranked`, place))}) page on true
  `
  )
  const found = rows[0]?.found ?? 0
  const placed = rows.filter((one): one is { found: number } & Row => one.id !== null)
  return { found, placed: found <= counted ? placed : null }
}

/** Up to the end of the page, and one more; before a page may be any. */
function neededFor(place: Place): number {
  const { cursor, isBackwards, limit } = bestPaging(place)
  return isBackwards ? MOST_RANKED : Math.min(MOST_RANKED, Number(cursor?.value ?? 0) + limit)
}

async function fillRanks(
  em: Em,
  sought: Sought,
  ranks: RawBuilder<boolean>[],
  needed: number,
  limits: typeof LIMITS
): Promise<number[]> {
  const ids: number[] = []
  for (const [at, rank] of [...ranks, sql<boolean>`true`].entries()) {
    const limit = needed - ids.length
    if (limit <= 0) break
    const where = [rank, ...ranks.slice(0, at).map((better) => sql<boolean>`(${better}) is not true`)]
    const conditions = [...sought.conditions, ...where.map((one) => ({ table: 'customer' as const, where: one }))]
    const ofRank = { ...sought, conditions }
    const bounds = { ...limits, walked: WALKED_FOR_ONE * limit }
    const placed = await placeMany(em, ofRank, 'name', { ...byName, limit }, (found) => found, bounds)
    ids.push(...placed.slice(0, limit).map(({ id }) => id))
  }
  return ids
}
