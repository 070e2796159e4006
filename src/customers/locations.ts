import { sql } from 'kysely'
import { literally } from '../db/like.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

const MOST = 35
const MOST_FOUND = 20

/** Places that customers live in, for a field's suggestions: all of them by name, or of many the commonest. */
export async function listLocations(em: Em): Promise<string[]> {
  const places = await named(em, sql`select distinct name from place order by name limit ${MOST + 1}`)
  if (places.length <= MOST) return places
  const commonest = await commonestPlaces(em)
  return (commonest.length ? commonest : places).slice(0, MOST)
}

/** Those with a part of a name, what begins with it first. */
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
 * For a filter: all places with a part of a name, or with the whole of it, if that stands in double quotes. They are thousands
 * at most, and the customers in each an index leads to.
 */
export function placesWith(words: string) {
  const name = withoutQuotes(words)
  return sql`array(select name from place where ${name === words ? isPart(words) : sql`folded = search_text(${name})`})`
}

export const withoutQuotes = (words: string) => words.replace(/^"(.+)"$/, '$1')

/** As a filter says that a place is meant, and no other one whose name holds its name. */
export const wholePlace = (name: string) => `"${name}"`

const isPart = (part: string) => sql`folded like '%' || ${literally(part)} || '%'`

async function named(em: Em, query: ReturnType<typeof sql>): Promise<string[]> {
  return (await rows(em, query as ReturnType<typeof sql<{ name: string }>>)).map(({ name }) => name)
}

/** As the planner's statistics have them; none before the first ANALYZE. */
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
