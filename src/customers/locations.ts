/** The places that customers live in: suggestions for a field, and how a filter means them. */
import { sql } from 'kysely'
import { likePattern } from '../db/like.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

const MOST = 35
const MOST_FOUND = 20

/** Suggestions for a field: all places by name; where they are too many, the commonest. */
export async function listLocations(em: Em): Promise<string[]> {
  const places = await named(em, sql`select distinct name from place order by name limit ${MOST + 1}`)
  if (places.length <= MOST) return places
  const commonest = await commonestPlaces(em)
  return (commonest.length ? commonest : places).slice(0, MOST)
}

/** Suggestions for what was typed: places whose names have it as a part, those that begin with it first. */
export async function findLocations(em: Em, part: string): Promise<string[]> {
  if (!part) return listLocations(em)
  return named(
    em,
    sql`
    select name from place where ${isPart(part)}
    group by name order by min(strpos(folded, search_text(${part}))) > 1, name limit ${MOST_FOUND}
  `
  )
}

/**
 * The places that a filter means: those whose names have these words as a part; or, in double quotes, as the whole. There are
 * thousands of places at most, and an index leads to the customers in each.
 */
export function placesWith(words: string) {
  const name = withoutQuotes(words)
  return sql`array(select name from place where ${name === words ? isPart(words) : sql`folded = search_text(${name})`})`
}

export const withoutQuotes = (words: string) => words.replace(/^"(.+)"$/, '$1')

/** The words that a filter means this very place by, and no other place whose name has its name as a part. */
export const wholePlace = (name: string) => `"${name}"`

const isPart = (part: string) => sql`folded like '%' || ${likePattern(part)} || '%'`

async function named(em: Em, query: ReturnType<typeof sql>): Promise<string[]> {
  return (await rows(em, query as ReturnType<typeof sql<{ name: string }>>)).map(({ name }) => name)
}

/** Taken from the planner's statistics, which are empty before the first ANALYZE. */
async function commonestPlaces(em: Em): Promise<string[]> {
  const found = await row(
    em,
    sql<{ places: string[] }>`
    select most_common_vals::text::text[] as places from pg_stats
    where schemaname = current_schema and tablename = 'customer' and attname = 'location'
  `
  )
  return found?.places ?? []
}
