/** A page of the customers who fit a search best, in the order of their relevance. */
import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { decodeCursor } from '../../lib/cursor.ts'
import { type PageRequest, paging, type SortColumn } from '../../lib/paging.ts'
import type { RowCount } from '../../lib/range.ts'
import { IDS } from './column.ts'
import { type CustomerQuery, runListQuery } from './customer-query.ts'
import { idsForPage } from './customer-query-sql.ts'
import { type FoundPage, findAmongMany, LIMITS } from './find-page.ts'
import type { AddColumns } from './index-scan.ts'
import { relevanceLevel, relevanceLevels } from './relevance.ts'
import { type RowKey, SORTS } from './sorts.ts'

/** No more than this many are put in order. Whoever has not found somebody among them types more of the name, or sorts. */
export const MOST_BEST_MATCHES = 200

/** A page is found by the place of its customers among the best matches. */
const BY_PLACE = { expression: sql`ranked.place`, type: 'integer', first: 'asc' } as const satisfies SortColumn
const byName = paging(SORTS.name, 'asc', IDS.customer, {})

/** For each customer who is needed, a scan by name goes this far: that finds common names. Rare ones are found by their index. */
const SCANNED_FOR_ONE = 120

export const bestMatchesPaging = (place: PageRequest) =>
  paging(BY_PLACE, 'asc', sql<number>`ranked.id`, isPlaceByName(place) ? {} : place)

/** The address is from the time when what was searched for came by name. It shows the first page now. */
function isPlaceByName({ after, before }: PageRequest): boolean {
  const cursor = decodeCursor(after ?? before, SORTS.name)
  return cursor !== null && !/^\d+$/.test(cursor.value ?? '')
}

/**
 * The page of those who fit a search best: by relevance, then by name. If few are found, all of them are put in order; of many,
 * one level of relevance after the other is read until there are enough.
 */
export async function findBestMatches<Row extends RowKey>(
  em: Em,
  query: CustomerQuery,
  q: string,
  place: PageRequest,
  addColumns: AddColumns<Row>,
  limits = LIMITS
): Promise<FoundPage<Row>> {
  const levels = relevanceLevels(q)
  const { found, rows } = await rankAll(em, query, levels, place, addColumns, limits.counted)
  if (rows) return { rows, found: { count: found, isMore: false } }
  const ids = await readByLevel(em, query, levels, neededFor(place), limits)
  const ranked = sql`select id, place::int as place from unnest(${ids}::int[]) with ordinality ranked (id, place)`
  const isMany: RowCount = { count: limits.counted, isMore: true }
  const statement = addColumns(pageOf(sql`(${ranked}) ranked`, place))
  return { rows: await runListQuery(em, query, statement), found: isMany }
}

function pageOf(ranked: RawBuilder<unknown>, place: PageRequest): RawBuilder<RowKey> {
  const { where, orderBy, limit } = bestMatchesPaging(place)
  return sql`
    select ranked.id, ranked.place::text as "sortValue" from ${ranked} where ${where} order by ${orderBy} limit ${sql.lit(limit)}
  `
}

/** Puts all who are found in order; without rows if they are more than `counted`. */
async function rankAll<Row extends RowKey>(
  em: Em,
  query: CustomerQuery,
  levels: RawBuilder<boolean>[],
  place: PageRequest,
  addColumns: AddColumns<Row>,
  counted: number
) {
  const most = sql.lit(counted)
  const ranked = await runListQuery(
    em,
    query,
    sql<{ found: number } & (Row | { id: null })>`
    with matching as materialized (${idsForPage(query)} limit ${most} + 1),
      sized as (select count(*)::int as found from matching),
      best as (
        select customer.id from sized, matching
        cross join lateral (select * from customer where id = matching.id offset 0) customer
        where sized.found <= ${most}
        order by ${relevanceLevel(levels)}, customer.name, customer.id limit ${sql.lit(MOST_BEST_MATCHES)}
      ),
      ranked as (select id, row_number() over ()::int as place from best)
    select sized.found, page.* from sized left join lateral (${addColumns(pageOf(sql`ranked`, place))}) page on true
  `
  )
  const found = ranked[0]?.found ?? 0
  const rows = ranked.filter((one): one is { found: number } & Row => one.id !== null)
  return { found, rows: found <= counted ? rows : null }
}

/** How many best matches have to be known: up to the end of the page and one more. A page before another may need all of them. */
function neededFor(place: PageRequest): number {
  const { cursor, isBackwards, limit } = bestMatchesPaging(place)
  return isBackwards ? MOST_BEST_MATCHES : Math.min(MOST_BEST_MATCHES, Number(cursor?.value ?? 0) + limit)
}

/** The ids of the best matches: those of each level by name, the most relevant level first. */
async function readByLevel(
  em: Em,
  query: CustomerQuery,
  levels: RawBuilder<boolean>[],
  needed: number,
  limits: typeof LIMITS
): Promise<number[]> {
  const ids: number[] = []
  for (const [at, level] of [...levels, sql<boolean>`true`].entries()) {
    const limit = needed - ids.length
    if (limit <= 0) break
    const where = [level, ...levels.slice(0, at).map((better) => sql<boolean>`(${better}) is not true`)]
    const conditions = [...query.conditions, ...where.map((one) => ({ table: 'customer' as const, where: one }))]
    const ofLevel = { ...query, conditions }
    const bounds = { ...limits, scanned: SCANNED_FOR_ONE * limit }
    const rows = await findAmongMany(em, ofLevel, 'name', { ...byName, limit }, (keys) => keys, bounds)
    ids.push(...rows.slice(0, limit).map(({ id }) => id))
  }
  return ids
}
